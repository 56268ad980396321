// Runs a CallScript on the real engine and keeps what could be seen from outside.
//
//   CallRecord record = run_call(make_script(Seed{7}));
//   for (const Fault& fault : check_call(record)) ...      // calls/call_checks.h
//
// Time inside a record counts from the start of the call.
#pragma once

#include "calls/call_script.h"
#include "core/clock.h"
#include "domain/conversation.h"
#include "ports/conversation_journal.h"

#include <map>
#include <string>
#include <vector>

namespace antiphon::simulated {

// One entry of the journal or one notice, and when it came.
template <class What>
struct Seen {
  Duration at{};
  std::size_t frames_before = 0;  // how many frames had been sent
  What what;
};

// A word in the frames that were sent. Its number belongs to one rendering of one clause.
struct SentWord {
  int number = 0;
  std::string text;
  std::size_t samples = 0;
  std::size_t frame = 0;  // in which it begins
};

// The longest time without a frame of the agent or a sound of the caller, and when it ended.
struct Silence {
  Duration length{};
  Duration until{};
};

struct CallRecord {
  CallScript script;
  std::vector<Seen<JournalEntry>> entries;
  std::vector<Seen<std::string>> notices;
  std::vector<Duration> frames;
  std::vector<SentWord> words;
  std::map<std::string, ReplyScript> asked;  // of the language model, by generation
  Silence silence;
  bool distorted = false;  // the synthesizer broke a clause
  bool closed = false;
  Duration closed_at{};
  int finishes = 0;
  EndReason finished = EndReason::failure;
  std::vector<std::string> end_faults;
};

[[nodiscard]] CallRecord run_call(const CallScript& script);

// Two runs of one script give the same text.
[[nodiscard]] std::string digest(const CallRecord& record);

}  // namespace antiphon::simulated
