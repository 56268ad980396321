// What /api/tools reads and writes. Secrets stand in it by name.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/tool.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// How agents and language models name a tool.
class ToolName {
 public:
  static constexpr std::size_t kLengthMin = 1;
  static constexpr std::size_t kLengthMax = 64;
  static constexpr std::string_view kRule =
      "must be 1 to 64 letters, digits, hyphens and underscores, and neither end_call nor "
      "hand_over";

  ToolName() = default;
  [[nodiscard]] static Result<ToolName> make(std::string text);
  [[nodiscard]] const std::string& value() const { return value_; }

 private:
  std::string value_;
};

struct ToolPath {
  ToolName name;
};
BOOST_DESCRIBE_STRUCT(ToolPath, (), (name))

struct ToolInput {
  ToolConfiguration configuration;
};
BOOST_DESCRIBE_STRUCT(ToolInput, (), (configuration))

struct ToolOutput {
  ToolId id;
  std::string name;
  ToolConfiguration configuration;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
  static constexpr FieldNote kNotes[] = {
      {"revision", "Rises with every change; send it back as If-Match to change what you read."}};
};
BOOST_DESCRIBE_STRUCT(ToolOutput, (), (id, name, configuration, revision, created_at, updated_at))

struct ToolList {
  std::vector<ToolOutput> items;
  std::optional<std::string> next_cursor;
  static constexpr FieldNote kNotes[] = {{"next_cursor", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(ToolList, (), (items, next_cursor))

struct ToolListQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"cursor", "next_cursor of the page before."}};
};
BOOST_DESCRIBE_STRUCT(ToolListQuery, (), (limit, cursor))

}  // namespace antiphon
