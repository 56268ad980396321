// Two hundred callers who do as a seed tells them, over a network that does too.
#include "engine/event_kinds.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace antiphon {
namespace {

constexpr std::array<const char*, 8> kSentences{"when do you open",
                                                "I would like to book a table",
                                                "stop",
                                                "uh-huh",
                                                "what does it cost",
                                                "yeah okay",
                                                "no not that one I said the other one",
                                                "thanks"};
constexpr std::array<const char*, 6> kAnswers{"We open at nine. ",
                                              "That is a good question, let me see. ",
                                              "It costs ten euros. ",
                                              "Yes. ",
                                              "The table is booked, for two, at eight. ",
                                              "Is there anything else?"};

// The longest silence a caller who is silent too may meet: the idle reminder, or eight seconds of
// thinking, three of waiting for words, and the time to make a sound.
constexpr Duration kSilenceMax = 16s;

class RandomCaller {
 public:
  explicit RandomCaller(Seed seed)
      : dice_(seed), call_(seed, {Duration(roll(40) * 1'000'000), {}}) {
    call_.configuration.turn.interruptible = roll(10) > 0;
    call_.recognizer.final_delay = Duration(roll(600) * 1ms);
    call_.synthesizer.first_delay = Duration(roll(400) * 1ms);
    call_.synthesizer.word_times = roll(2) == 0;
    call_.turn_detector.delay = Duration(roll(300) * 1ms);
    call_.turn_detector.failing = roll(20) == 0;
    for (int reply = 0; reply < 20; ++reply)
      call_.model.replies.push_back(random_reply());
  }

  void run() {
    call_.start();
    const auto seconds = 10 + roll(40);
    for (std::uint64_t passed = 0; passed < seconds * 5 && !call_.closed(); ++passed) {
      if (microphone_free_at_ <= call_.clock.now() && roll(8) == 0) act();
      for (int step = 0; step < 10; ++step) {
        call_.advance(20ms);
        watch_silence();
      }
    }
    if (!call_.closed()) call_.hang_up();
    EXPECT_TRUE(call_.advance_until_closed(1s));
    call_.expect_clean_end();
    check_record();
  }

 private:
  std::uint64_t roll(std::uint64_t bound) { return dice_.below(bound); }

  ScriptedReply random_reply() {
    ScriptedReply reply;
    for (std::uint64_t texts = roll(4) + 1; texts > 0; --texts) {
      reply.texts.emplace_back(kAnswers[roll(kAnswers.size())]);
    }
    reply.first_delay = Duration(roll(2'000) * 1ms);
    reply.chunk_delay = Duration(roll(300) * 1ms);
    reply.fails = roll(15) == 0;
    if (roll(12) == 0) reply.texts.clear();
    if (roll(12) == 0) reply.action = ReplyAction::end_call;
    return reply;
  }

  void act() {
    const Duration length = 200ms + Duration(roll(2'000) * 1ms);
    switch (roll(8)) {
      case 0:
        call_.caller_coughs(Duration((60 + roll(200)) * 1ms));
        break;
      case 1:
        call_.caller_makes_noise(length);
        break;
      case 2:
        call_.caller_types("what about tomorrow?");
        break;
      case 3:
        call_.synthesizer.clauses_left = static_cast<int>(roll(3)) - 1;
        break;
      default:
        call_.caller_speaks(kSentences[roll(kSentences.size())], length);
        microphone_free_at_ = call_.clock.now() + length;
        silent_since_ = microphone_free_at_;
    }
  }

  void watch_silence() {
    const Timepoint now = call_.clock.now();
    if (call_.transport.frames != frames_ || call_.closed()) silent_since_ = now;
    frames_ = call_.transport.frames;
    // Without a voice the agent cannot be heard; then its text and the end of the call are what is
    // left.
    if (call_.synthesizer.clauses_left == 0) silent_since_ = now;
    EXPECT_LE((now - silent_since_) / 1ms, kSilenceMax / 1ms) << "the agent fell silent";
    if (now - silent_since_ > kSilenceMax) silent_since_ = now + 1h;
  }

  void check_record() {
    std::int32_t ordinal = 0;
    std::int64_t sequence = 0;
    std::size_t ends = 0;
    Milliseconds at{0};
    for (const JournalEntry& entry : call_.journal.entries) {
      if (const auto* message = std::get_if<Message>(&entry.what)) {
        EXPECT_EQ(message->ordinal, ordinal++);
        EXPECT_LE(message->started, message->ended);
        EXPECT_LE(message->heard.size(), message->said.size());
      } else if (const auto* event = std::get_if<ConversationEvent>(&entry.what)) {
        EXPECT_EQ(event->sequence, ++sequence);
        EXPECT_GE(event->at, at);
        at = event->at;
      } else if (std::holds_alternative<JournalEntry::Ended>(entry.what)) {
        ++ends;
      }
    }
    EXPECT_EQ(ends, 1U);
    EXPECT_EQ(call_.transport.finishes, 1);
    // Every reply that began also ended, one way or the other.
    EXPECT_EQ(call_.count_events(event_kind::kReplyStarted),
              call_.count_events(event_kind::kReplyEnded) +
                  call_.count_events(event_kind::kReplyInterrupted));
  }

  SeededRandom dice_;
  Simulation call_;
  Timepoint microphone_free_at_{};
  Timepoint silent_since_ = call_.clock.now();
  std::size_t frames_ = 0;
};

constexpr std::uint64_t kSeeds = 200;

TEST(RandomCaller, NeverMeetsASilentAgentNorABrokenRecord) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RandomCaller(Seed{seed}).run();
    if (HasFailure()) FAIL() << "the failing seed is " << seed;
  }
}

}  // namespace
}  // namespace antiphon
