#include "providers/model_files.h"

#include "providers/minilm/minilm_model.h"
#include "providers/moonshine/moonshine_model.h"
#include "providers/piper/piper_voice.h"
#include "providers/silero/silero_detector.h"
#include "providers/smart_turn/smart_turn_detector.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace antiphon {
namespace {

class ModelFilesTest : public testing::Test {
 protected:
  ModelFilesTest() {
    write("manifest.json", R"({"files":[{"path":"voice/a.onnx","bytes":3,"role":"voice",
      "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]})");
    write("voice/a.onnx", "abc");
  }

  void write(const std::string& path, const std::string& text) {
    const auto file = models() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }

  std::filesystem::path models() const { return folder_.path() / "models"; }
  ModelFiles open() { return *ModelFiles::open(models(), folder_.path() / "stamp"); }
  Error refusal() {
    auto files = open();
    auto fine = files.verify();
    return fine ? Error{} : fine.error();
  }

  TemporaryFolder folder_;
};

TEST_F(ModelFilesTest, HashesAFileOnceAndAgainOnlyWhenItChanged) {
  auto first = open();
  ASSERT_TRUE(first.verify().has_value());
  EXPECT_EQ(first.hashed(), 1U);
  auto second = open();
  ASSERT_TRUE(second.verify().has_value());
  EXPECT_EQ(second.hashed(), 0U);
  // The same bytes in a new file: another inode.
  std::filesystem::copy_file(models() / "voice/a.onnx", models() / "copy");
  std::filesystem::rename(models() / "copy", models() / "voice/a.onnx");
  auto third = open();
  ASSERT_TRUE(third.verify().has_value());
  EXPECT_EQ(third.hashed(), 1U);
}

TEST_F(ModelFilesTest, NamesAFlippedByteATruncationAndAMissingFile) {
  write("voice/a.onnx", "abd");
  EXPECT_EQ(refusal().code, ErrorCode::corrupt);
  EXPECT_NE(refusal().message.find("voice/a.onnx is not what was pinned"), std::string::npos);
  write("voice/a.onnx", "ab");
  EXPECT_EQ(refusal().code, ErrorCode::corrupt);
  EXPECT_NE(refusal().message.find("voice/a.onnx has not its size"), std::string::npos);
  std::filesystem::remove(models() / "voice/a.onnx");
  EXPECT_EQ(refusal().code, ErrorCode::not_found);
  EXPECT_NE(refusal().message.find("tools/fetch-models"), std::string::npos);
  EXPECT_EQ(refusal().message.find('\n'), std::string::npos);
}

TEST_F(ModelFilesTest, DoesNotTrustAStampOfOtherBytes) {
  auto files = open();
  ASSERT_TRUE(files.verify().has_value());
  const auto time = std::filesystem::last_write_time(models() / "voice/a.onnx");
  write("voice/a.onnx", "abd");
  std::filesystem::last_write_time(models() / "voice/a.onnx", time + std::chrono::seconds(1));
  EXPECT_EQ(refusal().code, ErrorCode::corrupt);
}

TEST_F(ModelFilesTest, ChecksOnlyTheRoleThatIsAskedFor) {
  std::filesystem::remove(models() / "voice/a.onnx");
  auto files = open();
  EXPECT_TRUE(files.verify("embedding").has_value());
  EXPECT_FALSE(files.verify("voice").has_value());
}

TEST_F(ModelFilesTest, RefusesAManifestThatIsNoneOrPointsOutside) {
  for (const char* text : {"", "[]", "{", R"({"files":[]})", R"({"files":[{"path":"a"}]})",
                           R"({"files":[{"path":"../a","bytes":1,"role":"voice",
         "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]})"}) {
    write("manifest.json", text);
    const auto files = ModelFiles::open(models(), folder_.path() / "stamp");
    ASSERT_FALSE(files.has_value()) << text;
    EXPECT_EQ(files.error().code, ErrorCode::corrupt);
  }
  std::filesystem::remove(models() / "manifest.json");
  EXPECT_EQ(ModelFiles::open(models(), folder_.path() / "stamp").error().code,
            ErrorCode::not_found);
}

TEST_F(ModelFilesTest, FindsTheFetchedModelsWhole) {
  auto files = ModelFiles::open(models_folder(), folder_.path() / "stamp");
  ASSERT_TRUE(files.has_value());
  EXPECT_TRUE(files->verify().has_value());
  EXPECT_GE(files->files().size(), 9U);
}

// What a person sees who puts a text file in the place of a model and skips the verification.
TEST_F(ModelFilesTest, EveryEngineRefusesATextFileInPlaceOfItsModelWithoutEndingTheProcess) {
  for (const char* path : {"voice.onnx", "model.onnx", "tokenizer.json", "tokens.txt"}) {
    write(path, "this is no model");
  }
  Metrics metrics;
  ManualClock clock;
  InferencePool pool(clock, metrics, {.threads = 0});
  const auto voice = PiperVoice::open(models(), {});
  ASSERT_FALSE(voice.has_value());
  EXPECT_EQ(voice.error().code, ErrorCode::corrupt);
  const auto vad = SileroDetector::open(models() / "model.onnx", metrics);
  ASSERT_FALSE(vad.has_value());
  EXPECT_EQ(vad.error().code, ErrorCode::corrupt);
  const auto turn = SmartTurnDetector::open(models() / "model.onnx", pool);
  ASSERT_FALSE(turn.has_value());
  EXPECT_EQ(turn.error().code, ErrorCode::corrupt);
  const auto embedding = MiniLmModel::open(models(), pool);
  ASSERT_FALSE(embedding.has_value());
  EXPECT_EQ(embedding.error().code, ErrorCode::corrupt);
  const auto recognizer = MoonshineModel::open(models(), {});
  ASSERT_FALSE(recognizer.has_value());
  EXPECT_EQ(recognizer.error().code, ErrorCode::not_found);
}

TEST_F(ModelFilesTest, AnEngineRefusesAnotherEnginesModel) {
  Metrics metrics;
  const auto vad = SileroDetector::open(models_folder() / "smart-turn-v3.2-cpu.onnx", metrics);
  ASSERT_FALSE(vad.has_value());
  EXPECT_EQ(vad.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace antiphon
