// The two sides of bench/heard.bench that are ours: Piper with its word times, and what the playout
// clock says was heard at a cut.
//
//   heard speak MODELS FOLDER   lines "NAME<TAB>SPEED<TAB>TEXT" on standard input; writes NAME.pcm
//                               (16 kHz s16) and NAME.words ("BEGIN END STARTS_MS ENDS_MS" a line)
//   heard cut                   lines "PCM<TAB>WORDS<TAB>AHEAD_MS<TAB>CUT CUT ...<TAB>TEXT", cuts
//                               in samples; prints how many words were heard at each. WORDS may
//                               be -, AHEAD_MS too, else only so much sound beyond the cut has
//                               arrived.
//                               Two fields more, <TAB>PCM<TAB>TEXT: what was said before
#include "core/check.h"
#include "core/metrics.h"
#include "core/system_clock.h"
#include "engine/playout_clock.h"
#include "providers/inference_pool.h"
#include "providers/piper/piper_synthesizer.h"
#include "providers/piper/piper_voice.h"
#include "testing/run.h"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace antiphon {
namespace {

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');)
    fields.push_back(field);
  return fields;
}

Task<SynthesizedChunk> speak(SpeechSynthesizer& synthesizer, SynthesisRequest request) {
  const auto stream = synthesizer.synthesize(std::move(request));
  SynthesizedChunk all;
  while (true) {
    const auto chunk = co_await stream->next();
    CHECK(chunk.has_value(), "a sentence of the bench can be spoken");
    if (!*chunk) co_return all;
    all.samples.insert(all.samples.end(), (*chunk)->samples.begin(), (*chunk)->samples.end());
    all.words.insert(all.words.end(), (*chunk)->words.begin(), (*chunk)->words.end());
  }
}

int speak_all(const std::string& models, const std::string& folder) {
  const auto voice = PiperVoice::open(std::filesystem::path(models) / "joe", {});
  CHECK(voice.has_value(), "tools/fetch-models has fetched the voice");
  SystemClock clock;
  Metrics metrics;
  boost::asio::io_context loop;
  InferencePool pool(clock, metrics, {.threads = 1});
  PiperSynthesizer synthesizer(*voice, pool);
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = fields_of(line);
    CHECK(fields.size() == 3, "NAME, SPEED, TEXT");
    const auto sound = run(
        loop,
        speak(synthesizer, {.text = fields[2], .speed = std::strtod(fields[1].c_str(), nullptr)}));
    std::ofstream pcm(folder + "/" + fields[0] + ".pcm", std::ios::binary);
    pcm.write(reinterpret_cast<const char*>(sound.samples.data()),
              static_cast<std::streamsize>(sound.samples.size() * sizeof(Sample)));
    std::ofstream words(folder + "/" + fields[0] + ".words");
    for (const WordTime& word : sound.words) {
      words << word.begin << ' ' << word.end << ' ' << word.starts.count() << ' '
            << word.ends.count() << '\n';
    }
  }
  return 0;
}

std::vector<Sample> read_samples(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<Sample> samples(bytes.size() / sizeof(Sample));
  std::copy_n(bytes.data(), samples.size() * sizeof(Sample),
              reinterpret_cast<char*>(samples.data()));
  return samples;
}

std::vector<WordTime> read_words(const std::string& path) {
  std::vector<WordTime> words;
  std::ifstream in(path);
  for (std::uint64_t begin = 0, end = 0, starts = 0, ends = 0;
       in >> begin >> end >> starts >> ends;) {
    words.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
                     std::chrono::milliseconds(starts), std::chrono::milliseconds(ends)});
  }
  return words;
}

std::size_t words_in(const std::string& text) {
  std::istringstream in(text);
  std::size_t count = 0;
  for (std::string word; in >> word;)
    ++count;
  return count;
}

int cut_all() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto fields = fields_of(line);
    CHECK(fields.size() == 5 || fields.size() == 7, "PCM, WORDS, AHEAD_MS, CUTS, TEXT");
    const auto samples = read_samples(fields[0]);
    const auto words = fields[1] == "-" ? std::vector<WordTime>() : read_words(fields[1]);
    std::istringstream cuts(fields[3]);
    for (std::size_t cut = 0; cuts >> cut;) {
      std::size_t arrived = samples.size();
      if (fields[2] != "-") arrived = std::min(arrived, cut + 16 * std::stoul(fields[2]));
      PlayoutClock clock;
      if (fields.size() == 7) {
        clock.begin_clause(fields[6], {}, 0);
        clock.add_samples(read_samples(fields[5]));
        clock.end_clause();
      }
      clock.begin();
      clock.begin_clause(fields[4], {}, 0);
      clock.add_words(words);
      clock.add_samples(std::span(samples).first(arrived));
      if (arrived == samples.size()) clock.end_clause();
      std::cout << words_in(clock.heard(cut)) << ' ';
    }
    std::cout << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace antiphon

int main(int argument_count, char** arguments) {
  const std::vector<std::string> given(arguments + 1, arguments + argument_count);
  if (given.size() == 3 && given[0] == "speak") return antiphon::speak_all(given[1], given[2]);
  if (given.size() == 1 && given[0] == "cut") return antiphon::cut_all();
  std::cerr << "usage: heard speak MODELS FOLDER | heard cut\n";
  return 2;
}
