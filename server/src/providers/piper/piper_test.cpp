#include "core/random.h"
#include "dsp/level.h"
#include "providers/piper/clauses.h"
#include "providers/piper/phonemes.h"
#include "providers/piper/piper_synthesizer.h"
#include "providers/piper/piper_voice.h"
#include "providers/piper/prompt_cache.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

using Views = std::vector<std::string_view>;

std::shared_ptr<const PiperVoice> voice() {
  static const auto made =
      *PiperVoice::open(models_folder() / "joe", {.variation = 0.0F, .rhythm_variation = 0.0F});
  return made;
}

TEST(Clauses, BreakAtPunctuationAndKeepTheFirstOneShort) {
  EXPECT_EQ(split_clauses("Certainly, I can help. We open at nine, and close at five."),
            (Views{"Certainly, I can help.", " We open at nine, and close at five."}));
  EXPECT_EQ(split_clauses("Thank you for your patience, your order leaves the house tomorrow."),
            (Views{"Thank you for your patience,", " your order leaves the house tomorrow."}));
}

TEST(Clauses, DoNotBreakNumbersTimesOrAbbreviations) {
  EXPECT_EQ(split_clauses("Dr. Smith pays $3.50 at 10:30 a.m. on Monday."),
            (Views{"Dr. Smith pays $3.50 at 10:30 a.m. on Monday."}));
}

TEST(Clauses, NeverExceedTheirLimitAndLoseNothing) {
  const std::string spaced = [] {
    std::string text;
    for (int i = 0; i < 150; ++i)
      text += "word ";
    return text;
  }();
  std::string accents;
  for (int i = 0; i < 500; ++i)
    accents += "é";
  for (const std::string& text : {spaced, std::string(1'000, 'x'), accents}) {
    std::string joined;
    for (const auto piece : split_clauses(text)) {
      EXPECT_LE(piece.size(), kPieceMax);
      joined += piece;
    }
    EXPECT_EQ(joined, text);
  }
}

TEST(Clauses, OfNothingAreNone) {
  EXPECT_TRUE(split_clauses("").empty());
  EXPECT_TRUE(split_clauses(" \n ").empty());
}

TEST(Phonemes, FollowTheLexiconTheRulesAndThePunctuation) {
  EXPECT_EQ(phonemes_of("Hello world"), U"həlˈoʊ wˈɜːld.");
  EXPECT_EQ(phonemes_of("Really?"), U"ɹˈɪli?");
  EXPECT_EQ(phonemes_of("Yes, please."), U"jˈɛs, plˈiːz.");
}

TEST(Phonemes, SpeakNumbersAndLeaveFunctionWordsUnstressed) {
  EXPECT_EQ(phonemes_of("42"), phonemes_of("forty two"));
  EXPECT_EQ(phonemes_of("the"), U"ðə.");
}

TEST(Phonemes, ReadTypographyAndAccentsAsTheirPlainForms) {
  EXPECT_EQ(phonemes_of("don’t"), phonemes_of("don't"));
  EXPECT_EQ(phonemes_of("café"), phonemes_of("cafe"));
}

TEST(Phonemes, OfWhatHasNoSoundAreEmpty) {
  for (const char* text : {"", "   ", "...!?", "😀🎉", "\xFF\xFE", "\n\n", "—", "()[]{}"}) {
    EXPECT_TRUE(phonemes_of(text).empty()) << text;
  }
}

TEST(Phonemes, SurviveAnyBytes) {
  SeededRandom random{Seed{11}};
  static constexpr std::array kAlphabet{"a",  "Z", "9",  " ",    ".",    ",",  "$", "%",    "'",
                                        "\"", "/", "\\", "\xC3", "\xA9", "😀", "-", "\x01", "("};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (std::uint64_t left = random.below(200); left > 0; --left) {
      text += kAlphabet[random.below(kAlphabet.size())];
    }
    const auto phonemes = phonemes_of(text);
    EXPECT_LT(phonemes.size(), 20'000U) << "seed 11, round " << round;
  }
  EXPECT_FALSE(phonemes_of(std::string(1'000, 'b')).empty());
  EXPECT_FALSE(phonemes_of(std::string(1'000, '7')).empty());
}

TEST(PiperVoice, SpeaksWithLittleSilenceAroundIt) {
  const auto speech = voice()->speak(phonemes_of("We are open from nine to five."), 1.0);
  ASSERT_TRUE(speech.has_value());
  EXPECT_GT(speech->size(), 16'000U);
  EXPECT_LT(speech->size(), 64'000U);
  EXPECT_GT(level_of(*speech).value(), -32.0F);
  // Something sounds within 25 ms of the beginning, and nothing lasts over 125 ms at the end.
  const std::span<const Sample> all(*speech);
  EXPECT_GT(level_of(all.first(480)).value(), -55.0F);
  EXPECT_GT(level_of(all.last(2'080)).value(), -55.0F);
}

TEST(PiperVoice, WithoutVariationGivesTheSameSamplesEveryTime) {
  const auto phonemes = phonemes_of("Good morning.");
  EXPECT_EQ(*voice()->speak(phonemes, 1.0), *voice()->speak(phonemes, 1.0));
}

TEST(PiperVoice, SpeaksFasterWhenAsked) {
  const auto phonemes = phonemes_of("We are open from nine to five on weekdays.");
  const auto slow = voice()->speak(phonemes, 0.8)->size();
  const auto fast = voice()->speak(phonemes, 1.5)->size();
  EXPECT_LT(static_cast<double>(fast), 0.7 * static_cast<double>(slow));
}

TEST(PiperVoice, SaysNothingForNoPhonemes) { EXPECT_TRUE(voice()->speak(U"", 1.0)->empty()); }

TEST(PromptCache, DropsTheLeastRecentlyUsedAndKeepsItsLimit) {
  PromptCache cache(ByteCount(200));
  const SynthesizedChunk prompt{std::vector<Sample>(40, Sample{1}), {}};
  cache.keep({.text = "a"}, prompt);
  cache.keep({.text = "b"}, prompt);
  EXPECT_TRUE(cache.find({.text = "a"}).has_value());
  cache.keep({.text = "c"}, prompt);
  EXPECT_FALSE(cache.find({.text = "b"}).has_value());
  EXPECT_TRUE(cache.find({.text = "a"}).has_value());
  EXPECT_FALSE(cache.find({.text = "a", .speed = 1.5}).has_value());
  cache.keep({.text = "large"}, {std::vector<Sample>(101, Sample{1}), {}});
  EXPECT_FALSE(cache.find({.text = "large"}).has_value());
  EXPECT_EQ(cache.size(), ByteCount(160));
}

// "..." is silent; the first word lasts from 1 to 5 ms.
SynthesizedChunk sound_of(const std::string& piece) {
  if (piece == "...") return {};
  return {std::vector<Sample>(100), {{0, 4, 1ms, 5ms}}};
}

// The voice is replaced by one sample for each byte, so that the order of things can be seen.
class PiperSynthesizerTest : public testing::Test {
 protected:
  std::vector<std::size_t> say(SynthesisRequest request) {
    const auto stream = synthesizer_.synthesize(std::move(request));
    std::vector<std::size_t> sizes;
    while (true) {
      const auto chunk = run(loop_, next(*stream));
      if (!chunk) {
        error_ = chunk.error().code;
        return sizes;
      }
      if (!*chunk) return sizes;
      sizes.push_back((*chunk)->samples.size());
    }
  }

  Task<Result<std::optional<SynthesizedChunk>>> next(SynthesisStream& stream) {
    while (pool_.run_one()) {
    }
    co_return co_await stream.next();
  }

  ManualClock clock_;
  Metrics metrics_;
  InferencePool pool_{clock_, metrics_, {.threads = 0}};
  boost::asio::io_context loop_;
  std::vector<std::string> spoken_;
  std::optional<ErrorCode> error_;
  PiperSynthesizer synthesizer_{PiperSynthesizer::Speak([this](const std::string& piece, double) {
                                  spoken_.push_back(piece);
                                  return Result<SynthesizedChunk>(sound_of(piece));
                                }),
                                pool_};
};

TEST_F(PiperSynthesizerTest, GivesAChunkForEachPieceWithAPauseAfterASentence) {
  EXPECT_EQ(say({.text = "This is the first sentence. And this is the second."}),
            (std::vector<std::size_t>{2'020, 100}));
}

TEST_F(PiperSynthesizerTest, StartsAtOnceAndStopsWhenItsStreamGoes) {
  {
    const auto stream = synthesizer_.synthesize({.text = "Hello there."});
    EXPECT_EQ(pool_.waiting(), 1U);
  }
  EXPECT_EQ(pool_.waiting(), 0U);
}

TEST_F(PiperSynthesizerTest, GivesNoChunkForTextWithoutASound) {
  EXPECT_TRUE(say({.text = "..."}).empty());
  EXPECT_TRUE(say({.text = ""}).empty());
  EXPECT_FALSE(error_.has_value());
}

TEST_F(PiperSynthesizerTest, RefusesLongTextOtherVoicesAndImpossibleSpeeds) {
  for (const SynthesisRequest& request : {SynthesisRequest{.text = std::string(1'001, 'a')},
                                          {.text = "a", .voice = "alice"},
                                          {.text = "a", .speed = 0.0},
                                          {.text = "a", .speed = std::nan("")}}) {
    error_.reset();
    EXPECT_TRUE(say(request).empty());
    EXPECT_EQ(error_, ErrorCode::invalid_argument);
  }
}

TEST_F(PiperSynthesizerTest, SaysAPreparedPromptWithoutAnyInference) {
  InferencePool pool(clock_, metrics_, {.threads = 1});
  int renderings = 0;
  PiperSynthesizer synthesizer(
      PiperSynthesizer::Speak([&renderings](const std::string&, double) {
        ++renderings;
        return Result<SynthesizedChunk>({std::vector<Sample>(100), {{0, 4, 1ms, 5ms}}});
      }),
      pool);
  const SynthesisRequest greeting{.text = "Good morning. How can I help you?"};
  ASSERT_TRUE(run(loop_, synthesizer.prepare({greeting, greeting})).has_value());
  EXPECT_EQ(renderings, 2);
  const auto stream = synthesizer.synthesize(greeting);
  const auto chunk = run(loop_, stream->next());
  EXPECT_EQ((**chunk).samples.size(), 2'120U);
  EXPECT_FALSE(run(loop_, stream->next())->has_value());
  EXPECT_EQ(renderings, 2);
}

}  // namespace
}  // namespace antiphon
