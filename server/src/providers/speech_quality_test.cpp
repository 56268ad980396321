// Word error rates of the embedded speech path, with real models and real speech. Speeds are in the
// bench.
#include "core/system_clock.h"
#include "core/task_group.h"
#include "core/utf8.h"
#include "dsp/audio_file.h"
#include "dsp/g711.h"
#include "dsp/resampler.h"
#include "providers/moonshine/moonshine_model.h"
#include "providers/moonshine/moonshine_recognizer.h"
#include "providers/piper/phonemes.h"
#include "providers/piper/piper_voice.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace antiphon {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 20> kUnits{
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> kTens{"",      "",      "twenty",  "thirty", "forty",
                                                 "fifty", "sixty", "seventy", "eighty", "ninety"};

// "42" as a number, "4592" digit by digit: how people say them.
void append_number(Words& words, std::string_view digits) {
  if (digits.size() == 2 && digits[0] != '0') {
    const auto value = static_cast<std::size_t>((digits[0] - '0') * 10 + digits[1] - '0');
    if (value < kUnits.size()) {
      words.emplace_back(kUnits[value]);
      return;
    }
    words.emplace_back(kTens[value / 10]);
    if (value % 10 != 0) words.emplace_back(kUnits[value % 10]);
    return;
  }
  for (const char digit : digits)
    words.emplace_back(kUnits[static_cast<std::size_t>(digit - '0')]);
}

Words normalised(std::string_view text) {
  Words words;
  std::string word;
  std::string digits;
  const auto end_word = [&] {
    if (!digits.empty()) append_number(words, digits);
    if (word == "mr") word = "mister";
    if (!word.empty()) words.push_back(word);
    word.clear();
    digits.clear();
  };
  for (const char letter : to_lower_ascii(text)) {
    if (letter >= '0' && letter <= '9') {
      digits += letter;
    } else if (letter >= 'a' && letter <= 'z') {
      word += letter;
    } else if (letter != '\'') {
      end_word();
    }
  }
  end_word();
  return words;
}

std::size_t word_errors(const Words& reference, const Words& heard) {
  std::vector<std::size_t> row(heard.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < reference.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < heard.size(); ++j) {
      const std::size_t replaced = diagonal + (reference[i] == heard[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j + 1] + 1, row[j] + 1});
    }
  }
  return row.back();
}

struct Tally {
  std::size_t errors = 0;
  std::size_t words = 0;

  void add(std::string_view reference, std::string_view heard) {
    const Words expected = normalised(reference);
    const std::size_t wrong = word_errors(expected, normalised(heard));
    errors += wrong;
    words += expected.size();
    if (wrong > 0) std::cout << "  " << wrong << ": " << reference << " | " << heard << '\n';
  }
  [[nodiscard]] double rate() const {
    return 100.0 * static_cast<double>(errors) / static_cast<double>(words);
  }
};

std::vector<Sample> through_telephone(const std::vector<Sample>& speech) {
  std::vector<Sample> line = *resample(speech, kEngineRate, SampleRate(8'000));
  for (Sample& sample : line) {
    sample = g711_decode(g711_encode(sample, G711Law::mu), G711Law::mu);
  }
  return *resample(line, SampleRate(8'000), kEngineRate);
}

struct Clip {
  std::vector<Sample> audio;
  std::string said;
};

std::vector<Clip> librivox_clips() {
  const std::filesystem::path folder = "/usr/share/pocketsphinx/test/data/librivox";
  std::ifstream transcripts(folder / "transcription");
  std::vector<Clip> clips;
  std::string line;
  while (std::getline(transcripts, line)) {
    const std::size_t open = line.find('(');
    const std::string name = line.substr(open + 1, line.find(')') - open - 1);
    auto audio = read_audio_file(folder / (name + ".wav"));
    if (!audio) continue;
    // "<s> words </s>"
    clips.push_back({std::move(*audio), line.substr(4, line.find("</s>") - 4)});
  }
  return clips;
}

std::shared_ptr<const MoonshineModel> recognizer_model() {
  static const auto model = *MoonshineModel::open(models_folder() / "moonshine", {});
  return model;
}

// What a call does: 20 ms frames with partials between them, 240 ms of silence until the detector
// is sure, then finish(). Decodes take no virtual time: every partial is there at once.
class Call {
 public:
  std::string transcribe(std::vector<Sample> audio) {
    audio.resize((audio.size() / kFrameSamples.value() + 12) * kFrameSamples.value());
    const auto stream = recognizer_.open({});
    std::vector<RecognitionEvent> events;
    TaskGroup reader(loop_.get_executor());
    reader.spawn([](RecognitionStream& from, std::vector<RecognitionEvent>& to) -> Task<> {
      while (auto event = co_await from.next())
        to.push_back(std::move(*event));
    }(*stream, events));
    stream->begin(1, {});
    for (std::size_t at = 0; at < audio.size(); at += kFrameSamples.value()) {
      stream->push(std::span(audio).subspan(at, kFrameSamples.value()));
      settle();
    }
    stream->finish();
    settle();
    reader.cancel();
    settle();
    partials_ += events.size() - 1;
    return events.back().text;
  }

  [[nodiscard]] std::size_t partials() const { return partials_; }

 private:
  void settle() {
    do {
      run_until_idle(loop_);
    } while (pool_.run_one());
  }

  ManualClock clock_;
  Metrics metrics_;
  InferencePool pool_{clock_, metrics_, {.threads = 0}};
  MoonshineRecognizer recognizer_{recognizer_model(), pool_, metrics_};
  boost::asio::io_context loop_;
  std::size_t partials_ = 0;
};

TEST(SpeechQuality, UnderstandsRealSpeechWithinSixPercentOfWords) {
  const auto clips = librivox_clips();
  ASSERT_EQ(clips.size(), 5U) << "install pocketsphinx-testdata";
  Tally tally;
  for (const Clip& clip : clips)
    tally.add(clip.said, recognizer_model()->transcribe(clip.audio));
  EXPECT_EQ(tally.words, 71U);
  std::cout << "  librivox 16 kHz: " << tally.rate() << " %\n";
  EXPECT_LE(tally.rate(), 6.0);
}

TEST(SpeechQuality, UnderstandsRealSpeechOverTheTelephoneWithinSixPercentOfWords) {
  Tally tally;
  for (const Clip& clip : librivox_clips()) {
    tally.add(clip.said, recognizer_model()->transcribe(through_telephone(clip.audio)));
  }
  std::cout << "  librivox 8 kHz mu-law: " << tally.rate() << " %\n";
  EXPECT_LE(tally.rate(), 6.0);
}

TEST(SpeechQuality, UnderstandsItsOwnVoiceOverTheTelephoneWithinEightPercentOfWords) {
  const auto voice =
      *PiperVoice::open(models_folder() / "joe", {.variation = 0.0F, .rhythm_variation = 0.0F});
  std::ifstream sentences(repository_root() / "server/testdata/call_centre_sentences.txt");
  Tally tally;
  std::string sentence;
  while (std::getline(sentences, sentence)) {
    const auto speech = voice->speak(phonemes_of(sentence), 1.0);
    ASSERT_TRUE(speech.has_value());
    tally.add(sentence, recognizer_model()->transcribe(through_telephone(*speech)));
  }
  EXPECT_GT(tally.words, 150U);
  std::cout << "  call centre 8 kHz mu-law: " << tally.rate() << " %\n";
  EXPECT_LE(tally.rate(), 8.0);
}

TEST(SpeechQuality, StreamingUnderstandsRealSpeechWithinSixPercentOfWords) {
  Call call;
  Tally tally;
  for (const Clip& clip : librivox_clips())
    tally.add(clip.said, call.transcribe(clip.audio));
  std::cout << "  librivox streamed: " << tally.rate() << " %, " << call.partials()
            << " partials\n";
  EXPECT_GT(call.partials(), 20U);
  EXPECT_LE(tally.rate(), 6.0);
}

TEST(SpeechQuality, DecodesSideBySideAsItDoesAlone) {
  const auto clips = librivox_clips();
  std::vector<std::string> together(clips.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clips.size(); ++i) {
      threads.emplace_back(
          [&, i] { together[i] = recognizer_model()->transcribe(clips[i].audio); });
    }
  }
  for (std::size_t i = 0; i < clips.size(); ++i) {
    EXPECT_EQ(together[i], recognizer_model()->transcribe(clips[i].audio));
  }
}

}  // namespace
}  // namespace antiphon
