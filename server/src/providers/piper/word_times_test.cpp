// When Piper says each word: the mapping from text to phonemes, and the durations of its graph.
#include "dsp/level.h"
#include "providers/onnx_graph.h"
#include "providers/piper/phonemes.h"
#include "providers/piper/piper_synthesizer.h"
#include "providers/piper/piper_voice.h"
#include "testing/manual_clock.h"
#include "testing/run.h"
#include "testing/synthesizer_contract.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

constexpr std::array kTexts{
    "We are open from nine to five.",
    "Hello! Thank you for calling. How can I help you today?",
    "Dr. Smith pays $3.50 at 10:30 a.m. on Monday, and $40 more on Tuesday.",
    "It's twenty-two — no, twenty-three euros; “sure”?",
    "  leading and   double  spaces\nand a line ",
    "Our WiFi is OK, e-mail jo@example.com (or call 555-0100).",
    "café don’t naïve Müller",
    "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbccccccccccccccccccccdddddddddddddddd end",
};

std::shared_ptr<const PiperVoice> voice(bool durations = true) {
  static const auto open = [](bool with) {
    return *PiperVoice::open(models_folder() / "joe",
                             {.variation = 0.0F, .rhythm_variation = 0.0F, .durations = with});
  };
  static const auto timed = open(true);
  static const auto plain = open(false);
  return durations ? timed : plain;
}

Strings words_in(std::string_view text) {
  Strings words;
  for (const PhonemeWord& word : phonemes_and_words_of(text).words)
    words.emplace_back(text.substr(word.text_begin, word.text_end - word.text_begin));
  return words;
}

std::u32string sound_of(std::string_view text, std::size_t word) {
  const Phonemes phonemes = phonemes_and_words_of(text);
  const PhonemeWord& found = phonemes.words.at(word);
  return phonemes.all.substr(found.begin, found.end - found.begin);
}

TEST(PhonemeWords, AreTheTextsWordsInTheirOrder) {
  EXPECT_EQ(words_in("Well, we open at 9:30 a.m., don’t we?"),
            (Strings{"Well,", "we", "open", "at", "9:30", "a.m.,", "don’t", "we?"}));
  EXPECT_EQ(words_in("$3.50 — café … end"), (Strings{"$3.50", "café", "end"}));
  EXPECT_TRUE(words_in("... 😀 —").empty());
}

TEST(PhonemeWords, HoldThePhonemesOfTheirWordAlone) {
  EXPECT_EQ(sound_of("hello world.", 0), U"həlˈoʊ");
  EXPECT_EQ(sound_of("hello world.", 1), U"wˈɜːld");
  EXPECT_EQ(sound_of("it is 42 now", 2), phonemes_of("forty two").substr(0, 12));
  EXPECT_EQ(sound_of("an email, please", 1), phonemes_of("e mail").substr(0, 9));
}

TEST(OnnxGraph, FindsTheOnlyNodeOfAnOperator) {
  // graph { node { output: "t" op_type: "Ceil" } }
  const std::string node =
      "\x0A\x09\x12\x01t\x22\x04"
      "Ceil";
  const auto model = [](const std::string& nodes) {
    return "\x3A" + std::string(1, static_cast<char>(nodes.size())) + nodes;
  };
  EXPECT_EQ(output_of_only(model(node), "Ceil"), "t");
  EXPECT_EQ(output_of_only(model(node) + as_graph_output("t"), "Ceil"), "t");
  EXPECT_EQ(output_of_only(model(node), "Floor"), std::nullopt);
  EXPECT_EQ(output_of_only(model(node + node), "Ceil"), std::nullopt);
  for (std::size_t cut = 0; cut < model(node).size(); ++cut)
    EXPECT_EQ(output_of_only(model(node).substr(0, cut), "Ceil"), std::nullopt) << cut;
  EXPECT_EQ(output_of_only(std::string(40, '\xFF'), "Ceil"), std::nullopt);
  EXPECT_EQ(as_graph_output("t"), "\x3A\x05\x62\x03\x0A\x01t");
}

TEST(PiperVoice, SoundsTheSameWhetherItTellsItsDurationsOrNot) {
  ASSERT_TRUE(voice(true)->knows_durations());
  ASSERT_FALSE(voice(false)->knows_durations());
  const auto phonemes = phonemes_of(kTexts[2]);
  EXPECT_EQ(*voice(true)->speak(phonemes, 1.0), *voice(false)->speak(phonemes, 1.0));
}

TEST(PiperVoice, PlacesEveryPhonemeOneAfterTheOtherInItsSound) {
  const auto phonemes = phonemes_of(kTexts[2]);
  const auto speech = *voice()->speak_timed(phonemes, 1.0);
  ASSERT_EQ(speech.phonemes.size(), phonemes.size());
  std::size_t at = speech.phonemes.front().begin;
  for (const SampleRange& range : speech.phonemes) {
    EXPECT_EQ(range.begin, at);
    EXPECT_LE(range.begin, range.end);
    at = range.end;
  }
  EXPECT_LE(at, speech.samples.size());
  EXPECT_GT(at, speech.samples.size() * 9 / 10);
}

TEST(PiperVoice, FindsTheWordsAroundAPauseOnItsBothSides) {
  const std::string text = "stop, stop";
  const Phonemes phonemes = phonemes_and_words_of(text);
  ASSERT_EQ(phonemes.words.size(), 2U);
  const auto speech = *voice()->speak_timed(phonemes.all, 1.0);
  const auto half_of = [&](const PhonemeWord& word) {
    const std::size_t begin = speech.phonemes[word.begin].begin;
    const std::size_t end = speech.phonemes[word.end - 1].end;
    return std::span(speech.samples).subspan(begin, end - begin);
  };
  EXPECT_GT(level_of(half_of(phonemes.words[0])).value(), -30.0F);
  EXPECT_GT(level_of(half_of(phonemes.words[1])).value(), -30.0F);
}

class PiperWordTimes : public testing::Test {
 protected:
  std::vector<SynthesizedChunk> say(PiperSynthesizer& synthesizer, SynthesisRequest request) {
    const auto stream = synthesizer.synthesize(std::move(request));
    std::vector<SynthesizedChunk> chunks;
    while (true) {
      auto chunk = run(loop_, stream->next());
      if (!chunk || !*chunk) return chunks;
      chunks.push_back(std::move(**chunk));
    }
  }

  ManualClock clock_;
  Metrics metrics_;
  InferencePool pool_{clock_, metrics_, {.threads = 1}};
  boost::asio::io_context loop_;
};

TEST_F(PiperWordTimes, KeepTheContractAtEverySpeed) {
  PiperSynthesizer synthesizer(voice(), pool_);
  for (const char* text : kTexts) {
    const double speed = text == kTexts[0] ? 0.5 : 2.0;
    const auto chunks = say(synthesizer, {.text = text, .speed = speed});
    EXPECT_EQ(broken_promise(text, chunks, WordTimes::promised), "") << text << " at " << speed;
  }
}

TEST_F(PiperWordTimes, OfAPreparedPromptAreThoseOfItsRendering) {
  PiperSynthesizer synthesizer(voice(), pool_);
  const SynthesisRequest prompt{.text = kTexts[1]};
  const auto rendered = say(synthesizer, prompt);
  ASSERT_TRUE(run(loop_, synthesizer.prepare({prompt})).has_value());
  const auto cached = say(synthesizer, prompt);
  ASSERT_EQ(cached.size(), 1U);
  EXPECT_EQ(broken_promise(prompt.text, cached, WordTimes::promised), "");
  std::vector<WordTime> words;
  for (const SynthesizedChunk& chunk : rendered)
    words.insert(words.end(), chunk.words.begin(), chunk.words.end());
  ASSERT_EQ(cached[0].words.size(), words.size());
  for (std::size_t at = 0; at < words.size(); ++at)
    EXPECT_EQ(cached[0].words[at].starts, words[at].starts) << at;
}

TEST_F(PiperWordTimes, AreAbsentWhereTheVoiceKnowsNone) {
  PiperSynthesizer synthesizer(voice(false), pool_);
  const auto chunks = say(synthesizer, {.text = kTexts[0]});
  ASSERT_FALSE(chunks.empty());
  EXPECT_EQ(broken_promise(kTexts[0], chunks, WordTimes::absent), "");
}

}  // namespace
}  // namespace antiphon
