// CHECK(condition, "why it must hold"): a bug ends the process with file, line and reason. Never
// for bad input.
#pragma once

#include <string_view>

namespace antiphon {

[[noreturn]] void check_failed(std::string_view condition, std::string_view why,
                               std::string_view file, int line);

}  // namespace antiphon

#define CHECK(condition, why)                                        \
  do {                                                               \
    if (!(condition)) [[unlikely]]                                   \
      ::antiphon::check_failed(#condition, why, __FILE__, __LINE__); \
  } while (false)
