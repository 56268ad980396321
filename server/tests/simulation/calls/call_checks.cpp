#include "calls/call_checks.h"

#include "calls/event_fields.h"
#include "core/audio_frame.h"
#include "domain/usage.h"

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace antiphon::simulated {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kLastWordsMax = seconds(15);
constexpr Duration kSlack = seconds(2);
// Longest waits of the engine, one after the other: for the transcript, then for a reply.
constexpr Duration kTranscriptMax = seconds(4);
constexpr Duration kThinkingMax = seconds(8);
constexpr Duration kBrokenVoice = seconds(24);

std::string name_of(EndReason reason) { return boost::describe::enum_to_string(reason, "?"); }

Duration ended_at(const CallRecord& record) {
  return record.entries.empty() ? Duration{0} : record.entries.back().at;
}

bool any_reply_ends_with(const CallRecord& record, ReplyEnd end) {
  return std::ranges::any_of(record.asked, [end](const auto& asked) {
    return asked.second.end == end && !asked.second.texts.empty();
  });
}

bool is_possible(const CallRecord& record, EndReason reason) {
  const CallScript& script = record.script;
  switch (reason) {
    case EndReason::caller_hung_up:
      return script.end == CallEnd::hang_up;
    case EndReason::ended_by_api:
      return script.end == CallEnd::ended_by_api;
    case EndReason::transport_lost:
      return script.end == CallEnd::drop_transport;
    case EndReason::agent_said_goodbye:
      return any_reply_ends_with(record, ReplyEnd::end_call);
    case EndReason::handed_over:
      return any_reply_ends_with(record, ReplyEnd::hand_over);
    case EndReason::duration_limit:
      return ended_at(record) >= seconds(script.agent.duration_max_s);
    case EndReason::idle:
      return ended_at(record) >= seconds(script.agent.idle_reminder_s);
    case EndReason::failure:
      return script.synthesizer.fault != SynthesizerFault::none ||
             script.synthesizer.first_delay_ms > 1'000 || !record.asked.empty();
  }
  return false;
}

}  // namespace

void check_end(const CallRecord& record, std::vector<Fault>& faults) {
  for (const std::string& fault : record.end_faults)
    faults.push_back({"clean_end", fault});
  std::vector<EndReason> ends;
  std::string told;
  for (const auto& entry : record.entries) {
    if (const auto* ended = std::get_if<JournalEntry::Ended>(&entry.what.what)) {
      ends.push_back(ended->reason);
    }
    const auto* event = std::get_if<ConversationEvent>(&entry.what.what);
    if (event != nullptr && event->kind == "session.ended") {
      told += fields_of(event->payload).reason;
    }
  }
  if (ends.size() != 1) {
    faults.push_back({"one_end", fmt::format("{} entries say that it ended", ends.size())});
    return;
  }
  const EndReason reason = ends.front();
  const bool lost = reason == EndReason::transport_lost;
  if (record.finishes != (lost ? 0 : 1) || (!lost && record.finished != reason)) {
    faults.push_back(
        {"one_end", fmt::format("finish() {} times, the last with {}, Ended with {}",
                                record.finishes, name_of(record.finished), name_of(reason))});
  }
  if (told != name_of(reason)) {
    faults.push_back({"one_end", "session.ended says " + told + ", not " + name_of(reason)});
  }
  if (!is_possible(record, reason)) {
    faults.push_back({"reason", "nothing in this call is " + name_of(reason)});
  }
  const Duration limit = seconds(record.script.agent.duration_max_s) + kLastWordsMax;
  if (ended_at(record) > limit + milliseconds(100)) {
    faults.push_back(
        {"limits", fmt::format("ended after {} ms", ended_at(record) / milliseconds(1))});
  }
}

void check_silence(const CallRecord& record, std::vector<Fault>& faults) {
  const AgentScript& agent = record.script.agent;
  const Duration idle = seconds(agent.idle_reminder_s);
  const Duration voice = milliseconds(record.script.synthesizer.first_delay_ms);
  Duration limit = milliseconds(agent.silence_max_ms) + kTranscriptMax +
                   std::max(kThinkingMax, idle) + voice + kSlack;
  // Without a voice it cannot be heard; then its text and the end of the call are what is left.
  if (record.distorted) {
    limit = (agent.idle_reminders_max + 2) * (idle + kThinkingMax) + kBrokenVoice;
  }
  if (record.silence.length <= limit) return;
  faults.push_back(
      {"silence", fmt::format("{} ms until {} ms, {} ms are the limit",
                              record.silence.length / milliseconds(1),
                              record.silence.until / milliseconds(1), limit / milliseconds(1))});
}

void check_order(const CallRecord& record, std::vector<Fault>& faults) {
  std::int32_t ordinal = 0;
  std::int64_t sequence = 0;
  Milliseconds at{0};
  const auto wrong = [&faults](std::string detail) {
    faults.push_back({"order", std::move(detail)});
  };
  for (const auto& entry : record.entries) {
    if (const auto* message = std::get_if<Message>(&entry.what.what)) {
      if (message->ordinal != ordinal++) wrong("a message is missing or doubled");
      if (message->started > message->ended) wrong("a message ended before it started");
    } else if (const auto* event = std::get_if<ConversationEvent>(&entry.what.what)) {
      if (event->kind == kUsageEvent) continue;  // numbered on its own
      if (event->sequence != ++sequence) wrong("an event is missing or doubled");
      if (event->at < at) wrong(event->kind + " lies before the event before it");
      at = event->at;
    }
  }
}

void check_pace(const CallRecord& record, std::vector<Fault>& faults) {
  constexpr std::size_t kTogether = 10;
  for (std::size_t at = kTogether; at < record.frames.size(); ++at) {
    const Duration taken = record.frames[at] - record.frames[at - kTogether];
    if (taken + kFrameDuration > kTogether * kFrameDuration) continue;
    faults.push_back(
        {"pace", fmt::format("{} frames in {} ms", kTogether, taken / milliseconds(1))});
    return;
  }
}

std::vector<Fault> check_call(const CallRecord& record) {
  std::vector<Fault> faults;
  check_end(record, faults);
  check_silence(record, faults);
  check_order(record, faults);
  check_replies(record, faults);
  check_caller_words(record, faults);
  check_pace(record, faults);
  return faults;
}

std::string print_faults(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults)
    text += fault.check + ": " + fault.detail + '\n';
  return text;
}

}  // namespace antiphon::simulated
