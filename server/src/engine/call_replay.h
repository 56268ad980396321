// Repeats a call from its log (engine/call_log.h): the same engine, the same inputs in the same
// order, and so the same frames, notices and journal entries, byte for byte.
//
//   auto report = replay_call(plan, log, {});
//   if (report && !report->difference) …      // the same call again
//
// The engine that repeats a call may be newer than the one that held it: where it decides
// otherwise, the report names the event at which it first sent something else.
// Errors  corrupt: the log is no log, or damaged before its first record.
// Thread  any; it takes as long as the call has events, not as long as the call lasted.
#pragma once

#include "engine/call_log.h"
#include "ports/conversation_journal.h"

#include <functional>

namespace antiphon {

// What the call sends, as it sends it; each may be empty. `at` is the time since the call began.
struct ReplayWatcher {
  std::function<void(Duration at, const AudioFrame& frame)> on_agent = {};
  std::function<void(Duration at, std::span<const Sample> samples)> on_caller = {};
  std::function<void(Duration at, const JournalEntry& entry)> on_entry = {};
};

struct ReplayDifference {
  Duration at{};
  std::size_t event = 0;  // counted from 1
  CallInput input = CallInput::begin;
  std::string what;  // a sentence
};

struct ReplayReport {
  std::size_t events = 0;
  std::size_t frames = 0;  // that the agent sent
  Duration length{};
  // The log ends before the call did: the server was killed, or the disk was full.
  bool cut = false;
  std::optional<ReplayDifference> difference;
};

[[nodiscard]] Result<ReplayReport> replay_call(const SessionPlan& plan,
                                               std::span<const std::byte> log,
                                               const ReplayWatcher& watcher);

// "tick", "answered" …
[[nodiscard]] std::string_view name_of(CallInput input);

}  // namespace antiphon
