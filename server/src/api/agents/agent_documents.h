// What /api/agents reads and writes.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/agent.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// Lower-case letters, digits and single hyphens between them: the agent's name in addresses and
// commands.
class Slug {
 public:
  static constexpr std::size_t kLengthMin = 1;
  static constexpr std::size_t kLengthMax =
      63;  // a label of a host name, and what the database takes
  static constexpr std::string_view kRule =
      "must be 1 to 63 lower-case letters, digits and single hyphens between them";

  Slug() = default;
  [[nodiscard]] static Result<Slug> make(std::string text);
  [[nodiscard]] const std::string& value() const { return value_; }

 private:
  std::string value_;
};

struct AgentPath {
  Text<1, 120> agent;
  static constexpr FieldNote kNotes[] = {{"agent", "The id or the slug."}};
};
BOOST_DESCRIBE_STRUCT(AgentPath, (), (agent))

struct AgentInput {
  Text<1, 120> name;
  std::optional<Slug> slug;
  Text<0, 1'000> description;
  AgentStatus status = AgentStatus::active;
  AgentConfiguration configuration;
  static constexpr std::string_view kOptionalFields[] = {"description", "status", "configuration"};
  static constexpr FieldNote kNotes[] = {
      {"slug", "The agent's name in addresses and commands; made from the name when left out."},
      {"configuration", "Fields left out keep their defaults."}};
};
BOOST_DESCRIBE_STRUCT(AgentInput, (), (name, slug, description, status, configuration))

struct AgentOutput {
  AgentId id;
  std::string slug;
  std::string name;
  std::string description;
  AgentStatus status = AgentStatus::active;
  AgentConfiguration configuration;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
  static constexpr FieldNote kNotes[] = {
      {"revision", "Rises with every change; send it back as If-Match to change what you read."}};
};
BOOST_DESCRIBE_STRUCT(AgentOutput, (),
                      (id, slug, name, description, status, configuration, revision, created_at,
                       updated_at))

struct AgentList {
  std::vector<AgentOutput> items;
  std::optional<std::string> next_cursor;
  static constexpr FieldNote kNotes[] = {{"next_cursor", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(AgentList, (), (items, next_cursor))

struct AgentListQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  Text<0, 120> search;
  std::optional<AgentStatus> status;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"cursor", "next_cursor of the page before."},
                                         {"search", "Part of the name, slug or description."}};
};
BOOST_DESCRIBE_STRUCT(AgentListQuery, (), (limit, cursor, search, status))

}  // namespace antiphon
