// Files that nobody wrote.
#include "store/call_log/call_log_file.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto stored = antiphon::parse_call_log({reinterpret_cast<const char*>(data), size});
  static_cast<void>(stored);
  return 0;
}
