#include "store/recording/disk_archive.h"
#include "store/recording/disk_recorder.h"
#include "store/recording/fake_seals_test.h"
#include "store/recording/recording_writer.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace antiphon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Uuid numbered(std::uint8_t last) {
  std::array<std::byte, 16> bytes{};
  bytes.back() = std::byte{last};
  return Uuid::from_bytes(bytes);
}

class SealedRecordingTest : public testing::Test {
 protected:
  static constexpr Sample kCaller = 12'345;
  static constexpr Sample kAgent = 23'456;

  SealedRecordingTest() { make_recorder(); }

  void make_recorder() {
    recorder_ = std::make_unique<DiskRecorder>(
        DiskRecorder::Services{clock_, log_, metrics_, &seals_, &random_},
        DiskRecorder::Options{folder_.path()},
        [this](Recording recording) { finished_.push_back(std::move(recording)); });
  }
  static Conversation call(std::uint8_t workspace, std::uint8_t id) {
    Conversation conversation;
    conversation.workspace = WorkspaceId(numbered(workspace));
    conversation.id = ConversationId(numbered(id));
    return conversation;
  }
  void speak(CallRecording& recording, Duration length) {
    const std::vector<Sample> caller(kFrameSamples.value(), kCaller);
    const std::vector<Sample> agent(kFrameSamples.value(), kAgent);
    for (Duration passed{0}; passed < length; passed += kFrameDuration) {
      recording.agent(clock_.now(), agent);
      clock_.advance(kFrameDuration);
      recording.caller(clock_.now(), caller);
      recorder_->step();
    }
  }
  // Records `length` of a call; what its file holds.
  std::string record(const Conversation& conversation, Duration length) {
    auto recording = recorder_->open(conversation, clock_.now());
    speak(*recording, length);
    recording->finish();
    recorder_->step();
    return read_file(path_of(conversation));
  }
  [[nodiscard]] std::filesystem::path path_of(const Conversation& conversation) const {
    return recording_path(folder_.path(), conversation.workspace, conversation.id, ".part");
  }
  static std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  // Opens and reads everything, as a listener does.
  Result<std::vector<Sample>> listen(const Conversation& conversation) {
    auto reader = archive_.open(conversation.workspace, conversation.id);
    if (!reader) return std::unexpected(reader.error());
    const auto key = seals_.open(conversation.workspace, conversation.id, (*reader)->sealed_key());
    if (!key) return std::unexpected(key.error());
    const auto unlocked = (*reader)->unlock(*key);
    if (!unlocked) return std::unexpected(unlocked.error());
    std::vector<Sample> samples(2 * (*reader)->sample_count());
    const auto read = (*reader)->read(0, samples);
    if (!read) return std::unexpected(read.error());
    return samples;
  }
  [[nodiscard]] std::size_t block_at(std::string_view bytes, std::size_t number) const {
    std::size_t at = kSealedHeader;
    for (; number > 0; --number)
      at += BlockCodec::kSealedFront + static_cast<std::uint8_t>(bytes[at + 4]) +
            256U * static_cast<std::uint8_t>(bytes[at + 5]);
    return at;
  }

  const TemporaryFolder folder_;
  ManualClock clock_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  SystemRandom random_;
  FakeSeals seals_;
  DiskArchive archive_{folder_.path()};
  std::vector<Recording> finished_;
  std::unique_ptr<DiskRecorder> recorder_;
};

TEST_F(SealedRecordingTest, HoldsNoSampleThatWasSpoken) {
  const Conversation conversation = call(1, 2);
  const std::string bytes = record(conversation, seconds(2));
  const std::string sample{static_cast<char>(kCaller & 0xff), static_cast<char>(kCaller >> 8)};
  EXPECT_EQ(bytes.find(sample + sample), std::string::npos);
  const auto samples = listen(conversation);
  ASSERT_TRUE(samples);
  ASSERT_EQ(samples->size(), 2U * 32'000);
  EXPECT_EQ(std::ranges::count(*samples, kCaller), 32'000);
  EXPECT_EQ(std::ranges::count(*samples, kAgent), 32'000);
  ASSERT_EQ(finished_.size(), 1U);
  EXPECT_EQ(finished_[0].byte_count, bytes.size());
  EXPECT_EQ(finished_[0].sha256, sha256_of_file(path_of(conversation)).value_or(Sha256{}));
}

TEST_F(SealedRecordingTest, TellsNothingBeforeItIsUnlocked) {
  const Conversation conversation = call(1, 2);
  record(conversation, seconds(1));
  const auto reader = archive_.open(conversation.workspace, conversation.id);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->sample_count(), 0U);
  EXPECT_EQ((*reader)->sealed_key().size(), kSealedKey);
  std::vector<Sample> samples(2);
  EXPECT_FALSE((*reader)->read(0, samples));
}

TEST_F(SealedRecordingTest, OpensOnlyTheBlocksItNeeds) {
  const Conversation conversation = call(1, 2);
  std::string bytes = record(conversation, seconds(2));
  bytes[block_at(bytes, 3) + 500] ^= 1;
  write_file(path_of(conversation), bytes);
  auto reader = archive_.open(conversation.workspace, conversation.id);
  ASSERT_TRUE(reader);
  ASSERT_TRUE((*reader)->unlock(
      *seals_.open(conversation.workspace, conversation.id, (*reader)->sealed_key())));
  std::vector<Sample> samples(2 * CallTrack::kBlock);
  EXPECT_TRUE((*reader)->read(2 * CallTrack::kBlock, samples));
  EXPECT_TRUE((*reader)->read(4 * CallTrack::kBlock, samples));
  const auto damaged = (*reader)->read(3 * CallTrack::kBlock, samples);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::corrupt);
  const auto outline = (*reader)->peaks(0, 32'000, 2);
  ASSERT_TRUE(outline);  // from the sealed index, not from the blocks
  EXPECT_EQ(outline->caller[0], (Peak{0, kCaller}));
}

TEST_F(SealedRecordingTest, RefusesAFlippedBitInEveryByte) {
  const Conversation conversation = call(1, 2);
  const std::string bytes = record(conversation, milliseconds(300));
  const std::size_t end = bytes.size();
  // All of the header, of the frames and of the end; of the sound every 37th byte.
  for (std::size_t at = 0; at < end; at += at < kSealedHeader + 150 || at + 400 > end ? 1 : 37) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    write_file(path_of(conversation), changed);
    const auto samples = listen(conversation);
    ASSERT_FALSE(samples) << at;
    ASSERT_EQ(samples.error().code, ErrorCode::corrupt) << at;
  }
  write_file(path_of(conversation), bytes);
  EXPECT_TRUE(listen(conversation));
}

TEST_F(SealedRecordingTest, RefusesEveryCutAndEveryExtraByte) {
  const Conversation conversation = call(1, 2);
  const std::string bytes = record(conversation, milliseconds(500));
  std::vector<std::size_t> sizes{block_at(bytes, 0), block_at(bytes, 1), block_at(bytes, 2)};
  for (std::size_t size = 0; size < bytes.size(); size += size < 300 ? 1 : 61)
    sizes.push_back(size);
  for (const std::size_t size : sizes) {
    write_file(path_of(conversation), bytes.substr(0, size));
    const auto samples = listen(conversation);
    ASSERT_FALSE(samples) << size;
    ASSERT_EQ(samples.error().code, ErrorCode::corrupt) << size;
  }
  write_file(path_of(conversation), bytes + "x");
  EXPECT_FALSE(listen(conversation));
}

TEST_F(SealedRecordingTest, RefusesBlocksThatChangedPlaces) {
  const Conversation conversation = call(1, 2);
  const std::string bytes = record(conversation, seconds(1));
  const std::size_t first = block_at(bytes, 0);
  const std::size_t second = block_at(bytes, 1);
  const std::size_t length = second - first;
  ASSERT_EQ(block_at(bytes, 2) - second, length);
  std::string swapped = bytes;
  swapped.replace(first, length, bytes, second, length);
  swapped.replace(second, length, bytes, first, length);
  write_file(path_of(conversation), swapped);
  const auto samples = listen(conversation);
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().code, ErrorCode::corrupt);
}

TEST_F(SealedRecordingTest, RefusesTheHeaderOrTheFileOfAnotherRecording) {
  const Conversation one = call(1, 2);
  const Conversation other = call(1, 3);
  const std::string first = record(one, seconds(1));
  const std::string second = record(other, seconds(1));
  write_file(path_of(one), second.substr(0, kSealedHeader) + first.substr(kSealedHeader));
  EXPECT_EQ(listen(one).error().code, ErrorCode::corrupt);
  write_file(path_of(one), second);
  EXPECT_EQ(listen(one).error().code, ErrorCode::corrupt);
  // The other's key, in a header that names this recording.
  auto header = decode_header(first);
  ASSERT_TRUE(header);
  header->sealed_key = decode_header(second)->sealed_key;
  write_file(path_of(one), encode_header(*header) + second.substr(kSealedHeader));
  EXPECT_EQ(listen(one).error().code, ErrorCode::corrupt);
  write_file(path_of(one), first);
  EXPECT_TRUE(listen(one));
}

TEST_F(SealedRecordingTest, RefusesTheKeyOfAnotherWorkspaceAndOfAnotherRecording) {
  const Conversation own = call(1, 2);
  const Conversation foreign = call(4, 2);
  record(own, seconds(1));
  auto reader = archive_.open(own.workspace, own.id);
  ASSERT_TRUE(reader);
  const std::string sealed = (*reader)->sealed_key();
  EXPECT_EQ(seals_.open(foreign.workspace, own.id, sealed).error().code, ErrorCode::corrupt);
  const auto other = seals_.make(own.workspace, ConversationId(numbered(9)));
  ASSERT_TRUE(other && *other);
  const auto wrong = (*reader)->unlock((*other)->key);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::corrupt);
  EXPECT_EQ((*reader)->unlock(Sensitive(std::string("short"))).error().code, ErrorCode::corrupt);
}

TEST_F(SealedRecordingTest, LosesOnlyTheUnfinishedBlockToAKillAnywhere) {
  const Conversation conversation = call(1, 2);
  auto recording = recorder_->open(conversation, clock_.now());
  speak(*recording, milliseconds(1'300));
  const std::string whole = read_file(path_of(conversation));
  recorder_->stop();
  std::size_t blocks = 0;
  for (std::size_t at = kSealedHeader; at < whole.size(); at = block_at(whole, ++blocks)) {
  }
  const RecordingSealing sealing{seals_, random_};
  const std::size_t last = whole.size() - block_at(whole, blocks - 1);
  for (std::size_t cut = 0; cut <= last; cut += cut < 64 ? 1 : 331) {
    write_file(path_of(conversation), whole.substr(0, whole.size() - cut));
    const auto recovered = recover_recording(path_of(conversation), &sealing);
    ASSERT_TRUE(recovered) << cut;
    ASSERT_EQ(recovered->end, RecordingEnd::server_ended);
    ASSERT_EQ(recovered->sample_count, (blocks - (cut > 0 ? 1 : 0)) * CallTrack::kBlock) << cut;
    const auto samples = listen(conversation);
    ASSERT_TRUE(samples) << cut;
    ASSERT_EQ(samples->size(), 2 * recovered->sample_count);
  }
}

TEST_F(SealedRecordingTest, LeavesAFileThatItCannotOpenForAnotherStart) {
  const Conversation conversation = call(1, 2);
  auto recording = recorder_->open(conversation, clock_.now());
  speak(*recording, seconds(1));
  const std::string killed = read_file(path_of(conversation));
  recorder_->stop();
  finished_.clear();
  write_file(path_of(conversation), killed);
  seals_.refusal = Error{ErrorCode::unavailable, "the database is away"};
  make_recorder();
  recorder_->recover();
  EXPECT_EQ(read_file(path_of(conversation)), killed);
  EXPECT_EQ(recover_recording(path_of(conversation)).error().code, ErrorCode::wrong_state);
  EXPECT_EQ(read_file(path_of(conversation)), killed);
  seals_.refusal.reset();
  recorder_->recover();
  EXPECT_EQ(finished_.size(), 1U);
}

TEST_F(SealedRecordingTest, RemovesWhatWasShredded) {
  const Conversation conversation = call(1, 2);
  record(conversation, seconds(1));
  seals_.refusal = Error{ErrorCode::not_found, "the key of the workspace is gone"};
  finished_.clear();
  recorder_->recover();
  EXPECT_TRUE(finished_.empty());
  EXPECT_FALSE(std::filesystem::exists(path_of(conversation)));
}

TEST_F(SealedRecordingTest, RecordsNothingWhenThereIsNoKey) {
  seals_.refusal = Error{ErrorCode::unavailable, "the database is away"};
  EXPECT_EQ(recorder_->open(call(1, 2), clock_.now()), nullptr);
  EXPECT_FALSE(std::filesystem::exists(path_of(call(1, 2))));
}

TEST_F(SealedRecordingTest, DropsTheKeyBeforeTheFile) {
  const Conversation conversation = call(1, 2);
  record(conversation, seconds(1));
  // A second name of the file shows what a disk keeps of it.
  const std::filesystem::path kept = folder_.path() / "kept";
  std::filesystem::create_hard_link(path_of(conversation), kept);
  ASSERT_TRUE(archive_.erase(conversation.workspace, conversation.id));
  EXPECT_FALSE(std::filesystem::exists(path_of(conversation)));
  std::filesystem::create_hard_link(kept, path_of(conversation));
  EXPECT_EQ(listen(conversation).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_file(kept).substr(60, kSealedKey), std::string(kSealedKey, '\0'));
}

TEST_F(SealedRecordingTest, ErasesAllOfAWorkspaceAndNothingOfAnother) {
  record(call(1, 2), seconds(1));
  record(call(1, 3), seconds(1));
  record(call(4, 5), seconds(1));
  const std::filesystem::path kept = folder_.path() / "kept";
  std::filesystem::create_hard_link(path_of(call(1, 3)), kept);
  ASSERT_TRUE(erase_recordings(folder_.path(), call(1, 2).workspace));
  EXPECT_FALSE(std::filesystem::exists(path_of(call(1, 2)).parent_path()));
  EXPECT_EQ(read_file(kept).substr(60, kSealedKey), std::string(kSealedKey, '\0'));
  EXPECT_TRUE(listen(call(4, 5)));
  EXPECT_TRUE(erase_recordings(folder_.path(), call(1, 2).workspace));
}

TEST_F(SealedRecordingTest, ReadsPlainRecordingsOfBefore) {
  const Conversation conversation = call(1, 2);
  DiskRecorder plain({clock_, log_, metrics_}, {folder_.path()}, [](const Recording&) {});
  {
    auto recording = plain.open(conversation, clock_.now());
    const std::vector<Sample> frame(kFrameSamples.value(), kCaller);
    for (int count = 0; count < 50; ++count) {
      clock_.advance(kFrameDuration);
      recording->caller(clock_.now(), frame);
      plain.step();
    }
  }
  plain.step();
  const auto reader = archive_.open(conversation.workspace, conversation.id);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->sealed_key(), "");
  EXPECT_EQ((*reader)->sample_count(), 16'000U);
}

}  // namespace
}  // namespace antiphon
