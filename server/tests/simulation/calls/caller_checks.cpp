// The caller's words: what was understood is written down, once.
#include "calls/call_checks.h"
#include "calls/event_fields.h"
#include "calls/words.h"

#include <algorithm>
#include <map>
#include <utility>

namespace antiphon::simulated {

namespace {

bool is_mark(const std::string& word) { return word.starts_with("mark") && word.size() > 4; }

// How often each mark stands in the caller's messages.
std::map<std::string, int> marks_written(const CallRecord& record) {
  std::map<std::string, int> marks;
  for (const auto& entry : record.entries) {
    const auto* message = std::get_if<Message>(&entry.what.what);
    if (message == nullptr || message->speaker != Speaker::caller) continue;
    for (const std::string& word : plain_words(message->said)) {
      if (is_mark(word)) ++marks[word];
    }
  }
  return marks;
}

// The last that was understood of each turn: a later result replaces an earlier one.
std::map<std::int64_t, std::string> turns_understood(const CallRecord& record) {
  std::map<std::int64_t, std::string> turns;
  for (const auto& notice : record.notices) {
    EventFields fields = fields_of(notice.what);
    const bool transcript =
        fields.type == "transcript.partial" || fields.type == "transcript.final";
    if (transcript) turns[fields.turn] = std::move(fields.text);
  }
  return turns;
}

// One that says nothing after it had words has taken them back; one that speaks when its turn was
// answered long ago speaks of nothing.
bool may_count_on_recognizer(const RecognizerScript& recognizer) {
  constexpr std::int32_t kAwaitedMax = 3'000;
  return recognizer.fault != RecognizerFault::empty &&
         recognizer.fault != RecognizerFault::after_end && recognizer.final_delay_ms < kAwaitedMax;
}

}  // namespace

void check_caller_words(const CallRecord& record, std::vector<Fault>& faults) {
  const std::map<std::string, int> written = marks_written(record);
  for (const auto& [mark, times] : written) {
    if (times > 1) faults.push_back({"caller_words", mark + " is in the record more than once"});
  }
  if (!may_count_on_recognizer(record.script.recognizer)) return;
  for (const auto& [turn, text] : turns_understood(record)) {
    for (const std::string& word : plain_words(text)) {
      if (is_mark(word) && !written.contains(word)) {
        faults.push_back({"caller_words", word + " was understood and is not in the record"});
      }
    }
  }
}

}  // namespace antiphon::simulated
