// The small parts of a session, one by one.
#include "engine/caller_audio.h"
#include "engine/clause_splitter.h"
#include "engine/conversation_context.h"
#include "engine/playout_buffer.h"
#include "engine/speech_segment.h"
#include "engine/text_object.h"
#include "engine/voice_gate.h"
#include "engine/waterfall.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> clauses_of(const std::vector<std::string>& pieces) {
  ClauseSplitter splitter;
  std::vector<std::string> clauses;
  const auto collect = [&] {
    while (auto clause = splitter.next())
      clauses.push_back(*clause);
  };
  for (const std::string& piece : pieces) {
    splitter.push(piece);
    collect();
  }
  splitter.finish();
  collect();
  return clauses;
}

using Clauses = std::vector<std::string>;

TEST(ClauseSplitter, MakesTheFirstClauseShort) {
  EXPECT_EQ(clauses_of({"Yes of course, we are open today, and tomorrow. See you."}),
            (Clauses{"Yes of course,", "we are open today, and tomorrow.", "See you."}));
}

TEST(ClauseSplitter, IsNotFooledByWhereThePiecesAreCut) {
  const std::string text = "It costs 3.50 euros. Dr. Smith is in at 9 a.m. today! Right?";
  const Clauses expected{"It costs 3.50 euros.", "Dr. Smith is in at 9 a.m. today!", "Right?"};
  EXPECT_EQ(clauses_of({text}), expected);
  std::vector<std::string> letters;
  for (const char letter : text)
    letters.emplace_back(1, letter);
  EXPECT_EQ(clauses_of(letters), expected);
}

TEST(ClauseSplitter, WaitsForTheSpaceBehindAPoint) {
  ClauseSplitter splitter;
  splitter.push("It is 3.");
  EXPECT_EQ(splitter.next(), std::nullopt);
  splitter.push("50 now");
  EXPECT_EQ(splitter.next(), std::nullopt);
}

TEST(ClauseSplitter, CutsALongClauseAtASpaceAndBetweenCharacters) {
  std::string words;
  for (int word = 0; word < 150; ++word)
    words += "seven ";
  for (const std::string& clause : clauses_of({words})) {
    EXPECT_LE(clause.size(), ClauseSplitter::kClauseBytesMax);
    EXPECT_EQ(clause.substr(0, 5), "seven");
  }
  std::string accents;
  for (int letter = 0; letter < 500; ++letter)
    accents += "é";
  const Clauses cut = clauses_of({accents});
  ASSERT_EQ(cut.size(), 3U);
  EXPECT_EQ(cut[0].size() % 2, 0U);
  EXPECT_EQ(cut[0] + cut[1] + cut[2], accents);
}

TEST(ClauseSplitter, HasNothingToSayAboutBlankText) {
  EXPECT_EQ(clauses_of({"  \n ", "\t"}), Clauses{});
}

// ── hearing ──

std::array<Sample, 512> tone(Sample level) {
  std::array<Sample, 512> window{};
  for (std::size_t at = 0; at < window.size(); ++at) {
    window[at] = at % 2 == 0 ? level : static_cast<Sample>(-level);
  }
  return window;
}

TEST(VoiceGate, StaysShutInSilenceAndOpensForSpeech) {
  VoiceGate gate;
  EXPECT_FALSE(gate.measure(tone(3), false).open);
  const WindowLevel loud = gate.measure(tone(4'000), false);
  EXPECT_TRUE(loud.open);
  EXPECT_TRUE(loud.first_half_energetic);
  EXPECT_NEAR(loud.second_half_db, -18.3F, 0.1F);
}

TEST(VoiceGate, LearnsASteadyNoise) {
  VoiceGate gate;
  EXPECT_TRUE(gate.measure(tone(400), false).open);
  for (int window = 0; window < 400; ++window) {
    static_cast<void>(gate.measure(tone(400), false));
  }
  EXPECT_FALSE(gate.measure(tone(400), false).open);
  EXPECT_TRUE(gate.measure(tone(4'000), false).open);
}

TEST(SpeechSegment, CountsSilenceFromTheLastLoudHalfWindow) {
  SpeechSegment segment;
  WindowLevel loud;
  loud.first_half_energetic = true;
  loud.second_half_energetic = true;
  segment.window(0.9F, loud, 512);
  EXPECT_FALSE(segment.confirmed());
  segment.window(0.9F, loud, 1'024);
  EXPECT_TRUE(segment.confirmed());
  EXPECT_EQ(segment.onset(), 0U);
  loud.second_half_energetic = false;
  segment.window(0.9F, loud, 1'536);
  EXPECT_EQ(segment.last_voice(), 1'280U);
  // The model still says voice, the window is quiet: silence.
  segment.window(0.9F, WindowLevel{}, 2'048);
  EXPECT_EQ(segment.last_voice(), 1'280U);
  EXPECT_EQ(segment.voiced(), 96ms);
}

TEST(SpeechSegment, ForgetsASingleClick) {
  SpeechSegment segment;
  WindowLevel loud;
  loud.first_half_energetic = true;
  segment.window(0.9F, loud, 512);
  EXPECT_TRUE(segment.started());
  for (SampleIndex end = 1'024; end <= 3'072; end += 512)
    segment.window(0, WindowLevel{}, end);
  EXPECT_FALSE(segment.started());
}

TEST(CallerAudio, TakesOneSecondAheadOfTimeAndNoMore) {
  CallerAudio audio;
  const Timepoint now = Timepoint{} + 1h;
  int taken = 0;
  for (int frame = 0; frame < 500; ++frame)
    taken += audio.push(AudioFrame{}, now) ? 1 : 0;
  EXPECT_EQ(taken, 50);
  EXPECT_EQ(audio.dropped_frames(), 450U);
  EXPECT_TRUE(audio.push(AudioFrame{}, now + 20ms));
}

TEST(CallerAudio, KnowsWhenASampleArrived) {
  CallerAudio audio;
  const Timepoint now = Timepoint{} + 1h;
  ASSERT_TRUE(audio.push(AudioFrame{}, now));
  ASSERT_TRUE(audio.push(AudioFrame{}, now + 20ms));
  EXPECT_EQ(audio.time_of(640), now + 20ms);
  EXPECT_EQ(audio.time_of(320), now);
}

// ── playout ──

TEST(PlayoutBuffer, GivesWholeFramesAndPadsTheLast) {
  PlayoutBuffer buffer;
  AudioFrame frame;
  EXPECT_EQ(buffer.write(std::vector<Sample>(400, 7)), 400U);
  EXPECT_TRUE(buffer.take(frame));
  EXPECT_FALSE(buffer.take(frame));
  buffer.finish();
  EXPECT_TRUE(buffer.take(frame));
  EXPECT_EQ(frame.samples[79], 7);
  EXPECT_EQ(frame.samples[80], 0);
  EXPECT_TRUE(buffer.drained());
}

TEST(PlayoutBuffer, GoesBackAtMostASecondAndHoldsThreeAhead) {
  PlayoutBuffer buffer;
  AudioFrame frame;
  EXPECT_EQ(buffer.write(std::vector<Sample>(100'000, 7)), 65'536U);
  for (int taken = 0; taken < 100; ++taken)
    ASSERT_TRUE(buffer.take(frame));
  EXPECT_EQ(buffer.write(std::vector<Sample>(100'000, 7)), 16'000U);
  buffer.rewind(20'000);
  EXPECT_EQ(buffer.taken(), 20'000U);
  buffer.rewind(5);
  EXPECT_EQ(buffer.taken(), 16'000U);
}

// ── the rest ──

TEST(ConversationContext, MergesTurnsOfOneSpeakerAndForgetsTheOldest) {
  ConversationContext context;
  context.add(Speaker::caller, "one");
  context.add(Speaker::caller, "two");
  context.add(Speaker::agent, "");
  ASSERT_EQ(context.turns().size(), 1U);
  EXPECT_EQ(context.turns()[0].text, "one two");
  for (int turn = 0; turn < 100; ++turn) {
    context.add(turn % 2 == 0 ? Speaker::agent : Speaker::caller, std::to_string(turn));
  }
  EXPECT_EQ(context.turns().size(), ConversationContext::kTurnsMax);
  EXPECT_EQ(context.turns().back().text, "99");
}

TEST(Waterfall, HasNoLatencyWithoutACallersTurn) {
  Waterfall waterfall;
  waterfall.stamp(Waterfall::Step::first_text, Timepoint{});
  EXPECT_FALSE(waterfall.latency());
  waterfall.begin(Timepoint{} + 1s);
  waterfall.stamp(Waterfall::Step::first_text, Timepoint{} + 1500ms);
  waterfall.stamp(Waterfall::Step::first_text, Timepoint{} + 1900ms);
  ASSERT_TRUE(waterfall.latency());
  EXPECT_EQ(waterfall.latency()->first_text, 500ms);
  EXPECT_EQ(waterfall.latency()->turn_ended, std::nullopt);
  EXPECT_EQ(Waterfall::fields(*waterfall.latency()).text(), R"({"first_text_ms":500})");
}

TEST(TextObject, WritesFieldsAndEscapesText) {
  TextObject object;
  object.add("kind", "say \"x\"").add("at_ms", std::int64_t{7});
  EXPECT_EQ(object.text(), R"({"kind":"say \"x\"","at_ms":7})");
  EXPECT_EQ(TextObject().text(), "{}");
}

}  // namespace
}  // namespace antiphon
