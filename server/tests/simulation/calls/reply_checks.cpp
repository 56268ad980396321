// The agent's replies: each has its time, and nothing of it happens outside.
#include "calls/call_checks.h"
#include "calls/event_fields.h"
#include "calls/words.h"
#include "testing/simulation/lexicon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <utility>

namespace antiphon::simulated {

namespace {

constexpr std::size_t kExactWords = 1;
// Without word times the words' places are an estimate.
constexpr std::size_t kEstimatedWords = 2;

struct ReplySeen {
  std::string generation;
  std::string prompt;
  std::set<std::string> words;  // of the clauses it told
  std::size_t first_frame = 0;
  std::size_t last_frame = 0;  // one past it
  bool over = false;
  bool interrupted = false;
  bool stalled = false;
  std::string heard;
};

class ReplyReader {
 public:
  ReplyReader(const CallRecord& record, std::vector<Fault>& faults)
      : record_(record), faults_(faults) {}

  std::vector<ReplySeen> read() {
    for (const auto& entry : record_.entries) {
      if (const auto* message = std::get_if<Message>(&entry.what.what)) on_message(*message);
      if (const auto* event = std::get_if<ConversationEvent>(&entry.what.what)) {
        on_event(*event, entry.frames_before);
      }
    }
    if (running()) wrong("order", "a reply has no end");
    return std::move(replies_);
  }

 private:
  void wrong(const char* check, std::string detail) {
    faults_.push_back({check, std::move(detail)});
  }
  [[nodiscard]] bool running() const { return !replies_.empty() && !replies_.back().over; }
  [[nodiscard]] bool running(const std::string& generation) const {
    return running() && replies_.back().generation == generation;
  }

  void on_message(const Message& message) {
    if (message.speaker != Speaker::agent) return;
    if (!message.generation || !running(message.generation->to_string())) {
      wrong("cancelled", "a message of a reply that is not running: " + message.said);
    }
    if (plain_words(message.heard).size() > plain_words(message.said).size()) {
      wrong("heard", "more was heard than said: " + message.heard);
    }
  }

  void on_event(const ConversationEvent& event, std::size_t frames) {
    EventFields fields = fields_of(event.payload);
    if (event.kind == "error" && fields.code == "reply_stalled" && running()) {
      replies_.back().stalled = true;
    }
    if (fields.generation.empty()) return;
    if (event.kind == "reply.started") {
      if (running()) wrong("order", "two replies run at once");
      replies_.push_back({fields.generation, fields.prompt, {}, frames, frames});
      return;
    }
    if (!running(fields.generation)) {
      wrong("cancelled", event.kind + " of a reply that is not running");
      return;
    }
    ReplySeen& reply = replies_.back();
    if (event.kind == "reply.text") {
      std::vector<std::string> words = plain_words(fields.text);
      reply.words.insert(std::make_move_iterator(words.begin()),
                         std::make_move_iterator(words.end()));
    }
    if (event.kind != "reply.ended" && event.kind != "reply.interrupted") return;
    reply.over = true;
    reply.interrupted = event.kind == "reply.interrupted";
    reply.last_frame = frames;
    reply.heard = fields.heard;
  }

  const CallRecord& record_;
  std::vector<Fault>& faults_;
  std::vector<ReplySeen> replies_;
};

// Every frame belongs to a reply that runs, every word to one reply.
void check_frames(const CallRecord& record, const std::vector<ReplySeen>& replies,
                  std::vector<Fault>& faults) {
  std::size_t in_replies = 0;
  std::map<int, std::size_t> home;  // of each word's number
  for (std::size_t at = 0; at < replies.size(); ++at) {
    const ReplySeen& reply = replies[at];
    in_replies += reply.last_frame - reply.first_frame;
    for (const SentWord& word : record.words) {
      // A word that begins in the middle of a frame began in that frame.
      if (word.frame < reply.first_frame || word.frame >= reply.last_frame) continue;
      const auto [known, is_new] = home.try_emplace(word.number, at);
      if (!is_new && known->second != at) {
        faults.push_back({"cancelled", "\"" + word.text + "\" sounds in two replies"});
      }
      const std::vector<std::string> parts = plain_words(word.text);
      const bool told = std::ranges::all_of(
          parts, [&reply](const std::string& part) { return reply.words.contains(part); });
      if (!told) faults.push_back({"foreign_words", "\"" + word.text + "\" is not in the reply"});
    }
  }
  if (in_replies != record.frames.size()) {
    faults.push_back({"cancelled", fmt::format("{} frames were sent, {} of them in replies",
                                               record.frames.size(), in_replies)});
  }
}

void check_heard(const CallRecord& record, const ReplySeen& reply, std::vector<Fault>& faults) {
  if (record.distorted) return;
  std::map<int, std::size_t> sent;  // samples of each word
  for (const SentWord& word : record.words) {
    if (word.frame < reply.first_frame || word.frame >= reply.last_frame) continue;
    // What was taken up again after a pause counts once.
    sent[word.number] = std::max(sent[word.number], word.samples);
  }
  const auto truth = static_cast<std::size_t>(std::ranges::count_if(
      sent, [](const auto& word) { return word.second >= Lexicon::kShortestWord; }));
  const std::size_t told = plain_words(reply.heard).size();
  const std::size_t off = std::max(truth, told) - std::min(truth, told);
  const std::size_t allowed = record.script.synthesizer.word_times ? kExactWords : kEstimatedWords;
  if (off > allowed) {
    faults.push_back({"heard", fmt::format("{} words were sent, the record says {}: {}", truth,
                                           told, reply.heard)});
  }
}

EndReason reason_of(ReplyEnd end) {
  return end == ReplyEnd::end_call ? EndReason::agent_said_goodbye : EndReason::handed_over;
}

void check_actions(const CallRecord& record, const std::vector<ReplySeen>& replies,
                   std::vector<Fault>& faults) {
  const auto* ended = record.entries.empty()
                          ? nullptr
                          : std::get_if<JournalEntry::Ended>(&record.entries.back().what.what);
  if (ended == nullptr) return;
  const auto end_of = [&record](const ReplySeen& reply) {
    const auto asked = record.asked.find(reply.generation);
    const bool asks = asked != record.asked.end() && !asked->second.texts.empty();
    return asks ? asked->second.end : ReplyEnd::none;
  };
  const bool by_reply =
      ended->reason == EndReason::agent_said_goodbye || ended->reason == EndReason::handed_over;
  if (by_reply) {
    const bool asked = !replies.empty() && !replies.back().interrupted &&
                       end_of(replies.back()) != ReplyEnd::none &&
                       reason_of(end_of(replies.back())) == ended->reason;
    if (!asked) faults.push_back({"cancelled", "the last reply did not ask for this end"});
  }
  for (std::size_t at = 0; at < replies.size(); ++at) {
    const ReplySeen& reply = replies[at];
    const bool whole = !reply.interrupted && !reply.stalled && end_of(reply) != ReplyEnd::none;
    if (whole && at + 1 < replies.size()) {
      faults.push_back({"action", "the call went on after a reply that ends it"});
    }
  }
}

}  // namespace

void check_replies(const CallRecord& record, std::vector<Fault>& faults) {
  const std::vector<ReplySeen> replies = ReplyReader(record, faults).read();
  check_frames(record, replies, faults);
  for (const ReplySeen& reply : replies)
    check_heard(record, reply, faults);
  check_actions(record, replies, faults);
}

}  // namespace antiphon::simulated
