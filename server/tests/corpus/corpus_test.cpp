// Replays the committed corpus of every fuzzer, so that the ordinary and the sanitized builds meet
// each input that once broke something. `make fuzz` looks for new ones.
#include "corpus/fuzzers.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace antiphon {
namespace {

namespace fs = std::filesystem;

fs::path corpus_of(const Fuzzer& fuzzer) {
  return repository_root() / "server/corpus" / fuzzer.name;
}

struct Input {
  Fuzzer fuzzer;
  fs::path file;
};

std::vector<Input> all_inputs() {
  std::vector<Input> inputs;
  for (const Fuzzer& fuzzer : kFuzzers) {
    std::error_code no_folder;
    for (const auto& entry : fs::directory_iterator(corpus_of(fuzzer), no_folder)) {
      inputs.push_back({fuzzer, entry.path()});
    }
  }
  std::ranges::sort(inputs, {}, &Input::file);
  return inputs;
}

std::string name_of(const testing::TestParamInfo<Input>& info) {
  std::string name = info.param.fuzzer.name + ('_' + info.param.file.filename().string());
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
  return name;
}

class Corpus : public testing::TestWithParam<Input> {};

TEST_P(Corpus, BreaksNothing) {
  std::ifstream in(GetParam().file, std::ios::binary);
  ASSERT_TRUE(in.good());
  const std::string text(std::istreambuf_iterator<char>(in), {});
  // Of its own and no larger: the sanitizer then sees a read behind the end.
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  bytes.shrink_to_fit();
  EXPECT_EQ(GetParam().fuzzer.run(bytes.data(), bytes.size()), 0);
}

INSTANTIATE_TEST_SUITE_P(Fuzzers, Corpus, testing::ValuesIn(all_inputs()), name_of);

TEST(Fuzzers, HaveACorpusEach) {
  for (const Fuzzer& fuzzer : kFuzzers)
    EXPECT_TRUE(fs::is_directory(corpus_of(fuzzer))) << fuzzer.name;
}

}  // namespace
}  // namespace antiphon
