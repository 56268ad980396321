// An agent as it was published: calls run on it, whatever happens to the draft.
//
// Versions of an agent are numbered 1, 2, 3 … and never change; rolling back publishes an old one
// again, under a new number.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/agent.h"
#include "domain/conversation.h"
#include "domain/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// How many conversations of a version ended so.
struct VersionOutcome {
  EndReason reason = EndReason::failure;
  std::int64_t conversations = 0;
  bool operator==(const VersionOutcome&) const = default;
};

// What became of the conversations that began on a version in the last kFiguresDays.
struct VersionFigures {
  static constexpr int kFiguresDays = 30;

  std::int64_t conversations = 0;
  std::optional<Milliseconds> duration_median;  // of those that have ended
  std::vector<VersionOutcome> outcomes;         // by the name of the reason
};

struct AgentVersion {
  AgentVersionId id;
  WorkspaceId workspace;
  AgentId agent;
  std::int64_t number = 0;
  AgentConfiguration configuration;
  std::string note;        // at most 2,000 characters
  std::string created_by;  // "user:" or "api_key:" and the id
  WallTime created_at{};
  VersionFigures figures;  // of lists alone
};

// What a share of an agent's callers meets instead of the published version.
struct Canary {
  AgentVersionId version;
  int percent = 0;  // 1 to 99
  bool operator==(const Canary&) const = default;
};

// Where two configurations differ. The values are JSON texts; absent where there was nothing.
struct VersionChange {
  std::string pointer;  // RFC 6901
  std::optional<std::string> before;
  std::optional<std::string> after;
  bool operator==(const VersionChange&) const = default;
};

// Which configuration of an agent is meant, as a person writes it: published, draft or a number.
// Where nothing is published, "published" is the draft.
class VersionChoice {
 public:
  static constexpr std::size_t kLengthMin = 1;
  static constexpr std::size_t kLengthMax = 9;
  static constexpr std::string_view kRule = "must be published, draft or the number of a version";

  VersionChoice() = default;
  [[nodiscard]] static Result<VersionChoice> make(std::string text);
  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] bool is_draft() const { return value_ == "draft"; }
  [[nodiscard]] std::optional<std::int64_t> number() const;

 private:
  std::string value_ = "published";
};

}  // namespace antiphon
