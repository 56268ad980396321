// What the versions of agents are in the API.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/agent_version.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

BOOST_DESCRIBE_STRUCT(VersionOutcome, (), (reason, conversations))

using VersionNumber = Integer<1, 999'999'999>;

struct VersionPath {
  Text<1, 120> agent;
  VersionNumber version{1};
  static constexpr FieldNote kNotes[] = {{"agent", "The id or the slug."},
                                         {"version", "The number of the version."}};
};
BOOST_DESCRIBE_STRUCT(VersionPath, (), (agent, version))

struct PublishInput {
  Text<0, 2'000> note;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"note", "What changed and why, for those who come later."}};
};
BOOST_DESCRIBE_STRUCT(PublishInput, (), (note))

struct RollbackInput {
  VersionNumber version{1};
  Text<0, 2'000> note;
  static constexpr std::string_view kOptionalFields[] = {"note"};
  static constexpr FieldNote kNotes[] = {{"version", "The number of the one to publish again."}};
};
BOOST_DESCRIBE_STRUCT(RollbackInput, (), (version, note))

struct VersionChangeOutput {
  std::string pointer;
  std::optional<std::string> before;
  std::optional<std::string> after;
  static constexpr FieldNote kNotes[] = {
      {"pointer", "The place in the configuration, as a JSON pointer."},
      {"before", "As JSON text; absent where nothing was."},
      {"after", "As JSON text; absent where nothing is."}};
};
BOOST_DESCRIBE_STRUCT(VersionChangeOutput, (), (pointer, before, after))

struct VersionFiguresOutput {
  std::int64_t conversations = 0;
  std::optional<std::int64_t> duration_median_ms;
  std::vector<VersionOutcome> outcomes;
  static constexpr FieldNote kNotes[] = {
      {"", "Of the conversations that began on it in the last 30 days."},
      {"outcomes", "How many ended for which reason."}};
};
BOOST_DESCRIBE_STRUCT(VersionFiguresOutput, (), (conversations, duration_median_ms, outcomes))

struct VersionSummary {
  AgentVersionId id;
  std::int64_t number = 0;
  std::string note;
  std::string created_by;
  WallTime created_at{};
  static constexpr FieldNote kNotes[] = {
      {"created_by", "user: or api_key: and the id of who published it."}};
};
BOOST_DESCRIBE_STRUCT(VersionSummary, (), (id, number, note, created_by, created_at))

struct PublicationOutput {
  VersionSummary version;
  std::vector<VersionChangeOutput> changes;
  std::int64_t revision = 0;
  static constexpr FieldNote kNotes[] = {
      {"changes", "Since what conversations ran on before; none for the first version."},
      {"revision", "Of the agent, for the next If-Match."}};
};
BOOST_DESCRIBE_STRUCT(PublicationOutput, (), (version, changes, revision))

struct CanaryInput {
  VersionNumber version{1};
  Integer<1, 99> percent{10};
  static constexpr FieldNote kNotes[] = {{"percent", "Of the callers."}};
};
BOOST_DESCRIBE_STRUCT(CanaryInput, (), (version, percent))

struct CanaryOutput {
  std::int64_t version = 0;
  std::int64_t percent = 0;
  std::int64_t revision = 0;
  static constexpr FieldNote kNotes[] = {{"revision", "Of the agent, for the next If-Match."}};
};
BOOST_DESCRIBE_STRUCT(CanaryOutput, (), (version, percent, revision))

struct VersionListItem {
  VersionSummary version;
  bool published = false;
  std::optional<std::int64_t> canary_percent;
  VersionFiguresOutput figures;
  static constexpr FieldNote kNotes[] = {
      {"published", "Conversations run on it unless they ask for another."},
      {"canary_percent", "Of the callers who meet it instead of the published one."}};
};
BOOST_DESCRIBE_STRUCT(VersionListItem, (), (version, published, canary_percent, figures))

struct VersionListOutput {
  std::vector<VersionListItem> items;
  std::optional<std::string> next_cursor;
  static constexpr FieldNote kNotes[] = {{"next_cursor", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(VersionListOutput, (), (items, next_cursor))

struct VersionListQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"cursor", "next_cursor of the page before."}};
};
BOOST_DESCRIBE_STRUCT(VersionListQuery, (), (limit, cursor))

struct VersionDetail {
  VersionSummary version;
  AgentConfiguration configuration;
};
BOOST_DESCRIBE_STRUCT(VersionDetail, (), (version, configuration))

struct VersionDiffQuery {
  VersionChoice from;
  VersionChoice to = *VersionChoice::make("draft");
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"from", "published, draft or a number."},
                                         {"to", "published, draft or a number."}};
};
BOOST_DESCRIBE_STRUCT(VersionDiffQuery, (), (from, to))

struct VersionDiffOutput {
  std::vector<VersionChangeOutput> changes;
};
BOOST_DESCRIBE_STRUCT(VersionDiffOutput, (), (changes))

}  // namespace antiphon
