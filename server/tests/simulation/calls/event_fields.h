// What the checks read in the payload of an event or a notice.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon::simulated {

struct EventFields {
  std::string type;  // of notices
  std::string generation;
  std::string prompt;
  std::string text;
  std::string heard;
  std::string code;
  std::string reason;
  std::int64_t turn = 0;
  static constexpr std::string_view kOptionalFields[] = {"*"};
};
BOOST_DESCRIBE_STRUCT(EventFields, (), (type, generation, prompt, text, heard, code, reason, turn))

// Empty fields when the payload is no such object.
[[nodiscard]] EventFields fields_of(std::string_view payload);

}  // namespace antiphon::simulated
