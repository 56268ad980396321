// What /api/audit shows.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct AuditQuery {
  Integer<1, 200> limit{50};
  std::optional<Integer<1, 9'000'000'000'000'000>> before;
  Text<0, 64> object_kind;
  Text<0, 64> object_id;
  Text<0, 64> principal_id;
  Text<0, 16> action;
  std::optional<WallTime> from;
  std::optional<WallTime> to;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"before", "next_before of the page before."},
                                         {"object_kind", "agents, api_keys, workspace_members …"},
                                         {"action", "insert, update or delete."},
                                         {"to", "Not included."}};
};
BOOST_DESCRIBE_STRUCT(AuditQuery, (),
                      (limit, before, object_kind, object_id, principal_id, action, from, to))

using AuditedRow = JsonObject<4'194'304>;

struct AuditEntryOutput {
  std::int64_t sequence = 0;
  WallTime occurred_at{};
  std::string principal_kind;
  std::string principal_id;
  std::string action;
  std::string object_kind;
  std::string object_id;
  std::string address;
  std::string request_id;
  std::optional<AuditedRow> before;
  std::optional<AuditedRow> after;
  std::string previous_hash;
  std::string hash;
  static constexpr FieldNote kNotes[] = {
      {"sequence", "1, 2, 3 … in the workspace, without a gap."},
      {"principal_kind", "user, api_key, worker or system; database: not through the server."},
      {"before", "Of an update only what it changed; secrets are masked."},
      {"hash", "SHA-256 over the entry and previous_hash; `antiphon audit` checks the chain."}};
};
BOOST_DESCRIBE_STRUCT(AuditEntryOutput, (),
                      (sequence, occurred_at, principal_kind, principal_id, action, object_kind,
                       object_id, address, request_id, before, after, previous_hash, hash))

struct AuditList {
  std::vector<AuditEntryOutput> items;
  std::optional<std::int64_t> next_before;
  static constexpr FieldNote kNotes[] = {{"next_before", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(AuditList, (), (items, next_before))

struct AuditVerdictOutput {
  bool sound = false;
  std::int64_t entries = 0;
  std::int64_t begins_at = 1;
  std::optional<std::int64_t> broken_at;
  std::optional<std::string> reason;
  std::string head;
  static constexpr FieldNote kNotes[] = {
      {"entries", "That are sound, from the first one on."},
      {"begins_at", "Above 1: older entries are no longer there."},
      {"broken_at", "The sequence of the first entry that is not what was written."},
      {"head",
       "The hash of the last sound entry: keep it elsewhere to notice a chain that was "
       "written anew."}};
};
BOOST_DESCRIBE_STRUCT(AuditVerdictOutput, (), (sound, entries, begins_at, broken_at, reason, head))

}  // namespace antiphon
