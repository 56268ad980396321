#include "store/recording/disk_recorder.h"

#include "store/recording/disk_archive.h"
#include "store/recording/frame_ring.h"
#include "store/recording/recording_writer.h"
#include "testing/manual_clock.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace antiphon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Uuid test_uuid(std::uint8_t last) {
  std::array<std::byte, 16> bytes{};
  bytes.back() = std::byte{last};
  return Uuid::from_bytes(bytes);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class DiskRecorderTest : public testing::Test {
 protected:
  DiskRecorderTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        std::filesystem::path(testing::TempDir()) / ("recordings-" + std::string(test->name()));
    std::filesystem::remove_all(folder_);
    conversation_.id = ConversationId(test_uuid(2));
    conversation_.workspace = WorkspaceId(test_uuid(1));
  }
  ~DiskRecorderTest() override {
    recorder_.reset();
    std::filesystem::remove_all(folder_);
  }

  void make_recorder() {
    recorder_ = std::make_unique<DiskRecorder>(
        DiskRecorder::Services{clock_, log_, metrics_}, DiskRecorder::Options{folder_},
        [this](Recording recording) { finished_.push_back(std::move(recording)); });
  }
  // `length` of a call: the caller says 1,000, the agent 2,000 in every other second.
  void speak(CallRecording& recording, Duration length) {
    const std::vector<Sample> caller(kFrameSamples.value(), 1'000);
    const std::vector<Sample> agent(kFrameSamples.value(), 2'000);
    for (Duration passed{0}; passed < length; passed += kFrameDuration) {
      if ((passed / seconds(1)) % 2 == 0) recording.agent(clock_.now(), agent);
      clock_.advance(kFrameDuration);
      recording.caller(clock_.now(), caller);
      recorder_->step();
    }
  }
  [[nodiscard]] std::filesystem::path path(std::string_view extension) const {
    return recording_path(folder_, conversation_.workspace, conversation_.id, extension);
  }
  [[nodiscard]] static std::vector<Sample> all_of(RecordingReader& reader) {
    std::vector<Sample> samples(2 * reader.sample_count());
    EXPECT_TRUE(reader.read(0, samples));
    return samples;
  }

  ManualClock clock_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  std::filesystem::path folder_;
  Conversation conversation_;
  std::vector<Recording> finished_;
  std::unique_ptr<DiskRecorder> recorder_;
};

TEST_F(DiskRecorderTest, WritesBothSidesWhereTheyBelong) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(3));
  recording->finish();
  recorder_->step();
  ASSERT_EQ(finished_.size(), 1U);
  EXPECT_EQ(finished_[0].end, RecordingEnd::call_ended);
  EXPECT_EQ(finished_[0].conversation, conversation_.id);
  EXPECT_EQ(finished_[0].duration(), seconds(3));
  EXPECT_EQ(finished_[0].byte_count, std::filesystem::file_size(path(".part")));
  EXPECT_EQ(finished_[0].sha256, sha256_of_file(path(".part")).value_or(Sha256{}));
  auto reader = DiskArchive(folder_).open(conversation_.workspace, conversation_.id);
  ASSERT_TRUE(reader);
  const auto samples = all_of(**reader);
  ASSERT_EQ(samples.size(), 2U * 48'000);
  for (std::size_t at = 0; at < 48'000; ++at) {
    ASSERT_EQ(samples[2 * at], 1'000) << at;
    ASSERT_EQ(samples[2 * at + 1], at < 16'000 || at >= 32'000 ? 2'000 : 0) << at;
  }
}

TEST_F(DiskRecorderTest, HasAlmostEverythingOnDiskWhenItIsKilled) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(20));
  const std::string killed = read_file(path(".part"));
  recorder_->stop();
  write_file(path(".part"), killed);  // as the kill left it
  make_recorder();
  recorder_->recover();
  ASSERT_EQ(finished_.size(), 2U);
  EXPECT_EQ(finished_[1].end, RecordingEnd::server_ended);
  EXPECT_GE(finished_[1].duration(), seconds(20) - milliseconds(700));
  EXPECT_TRUE(DiskArchive(folder_).open(conversation_.workspace, conversation_.id));
}

TEST_F(DiskRecorderTest, OffersWhatWasFinishedUntilItIsConfirmed) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(1));
  recording->finish();
  recorder_->step();
  recorder_->recover();
  ASSERT_EQ(finished_.size(), 2U);
  EXPECT_EQ(finished_[0], finished_[1]);
  ASSERT_TRUE(DiskArchive(folder_).confirm(conversation_.workspace, conversation_.id));
  recorder_->recover();
  EXPECT_EQ(finished_.size(), 2U);
  EXPECT_TRUE(DiskArchive(folder_).open(conversation_.workspace, conversation_.id));
}

TEST_F(DiskRecorderTest, KeepsPausesOutOfTheFileAndOutOfARecoveredOne) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(2));
  recording->pause(clock_.now());
  speak(*recording, seconds(2));
  const std::string killed = read_file(path(".part"));
  recording->resume(clock_.now());
  speak(*recording, seconds(2));
  recording->finish();
  recorder_->step();
  ASSERT_EQ(finished_.size(), 1U);
  const RecordingPause pause{milliseconds(2'000), milliseconds(4'300)};
  EXPECT_EQ(finished_[0].pauses, (std::vector<RecordingPause>{pause}));
  auto reader = DiskArchive(folder_).open(conversation_.workspace, conversation_.id);
  ASSERT_TRUE(reader);
  const auto samples = all_of(**reader);
  for (std::size_t at = 2 * 32'000; at < 2 * 68'800; ++at)
    ASSERT_EQ(samples[at], 0) << at;
  EXPECT_EQ(samples[2 * 68'800], 1'000);

  write_file(path(".part"), killed);
  recorder_->recover();
  ASSERT_EQ(finished_.size(), 2U);
  ASSERT_EQ(finished_[1].pauses.size(), 1U);
  EXPECT_EQ(finished_[1].pauses[0].began, milliseconds(2'000));
  EXPECT_EQ(finished_[1].pauses[0].ended, finished_[1].duration());
}

TEST_F(DiskRecorderTest, LetsTheCallGoOnWhenItsFileCannotBeMade) {
  std::filesystem::create_directories(folder_.parent_path());
  write_file(folder_, "a file where the folder should be");
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(3));
  recording->finish();
  recorder_->step();
  EXPECT_TRUE(finished_.empty());
  EXPECT_NE(metrics_.render().find("recording_finished_total{end=\"disk_failed\"} 1"),
            std::string::npos);
}

// The limit of the process stands in for a full disk: the kernel refuses the bytes beyond it.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(DiskRecorderTest, EndsWithAReasonWhenTheDiskIsFull) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  {
    const FileSizeLimit limit(100'000);
    speak(*recording, seconds(10));
    recording->finish();
    recorder_->step();
  }
  ASSERT_EQ(finished_.size(), 1U);
  EXPECT_EQ(finished_[0].end, RecordingEnd::disk_full);
  EXPECT_GT(finished_[0].duration(), seconds(1));
  EXPECT_LE(finished_[0].byte_count, 100'000U);
  EXPECT_EQ(finished_[0].sha256, sha256_of_file(path(".part")).value_or(Sha256{}));
  auto reader = DiskArchive(folder_).open(conversation_.workspace, conversation_.id);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->sample_count(), finished_[0].sample_count);
  EXPECT_EQ(all_of(**reader)[2], 1'000);
}

TEST_F(DiskRecorderTest, CutsATornTailWhereverItTears) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, milliseconds(1'500));
  recording->finish();
  recorder_->step();
  const std::string whole = read_file(path(".part"));
  const std::uint64_t end_block = finished_[0].byte_count;
  std::uint64_t longest = 0;
  for (std::size_t size = 0; size < whole.size(); size += size < 200 ? 1 : 37) {
    const ReadAt read = [&](std::uint64_t offset, std::size_t bytes) -> Result<std::string> {
      if (offset >= size) return std::string();
      return whole.substr(offset, std::min<std::size_t>(bytes, size - offset));
    };
    const auto index = read_index(read, size);
    if (!index) {
      ASSERT_LT(size, kRecordingHeader);
      continue;
    }
    ASSERT_LE(index->byte_count, size);
    ASSERT_FALSE(index->outcome) << size;  // what says why it ended is torn
    ASSERT_GE(index->sample_count, longest) << size;
    longest = index->sample_count;
  }
  EXPECT_EQ(longest, finished_[0].sample_count);
  EXPECT_EQ(end_block, whole.size());
}

TEST_F(DiskRecorderTest, RecoversAFileThatWasTornAtAnyByteOfItsLastBlock) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, milliseconds(1'300));
  const std::string whole = read_file(path(".part"));
  recorder_->stop();
  const std::size_t block = kBlockHeader + 2 * 2 * CallTrack::kBlock;
  for (std::size_t cut = 1; cut <= block; cut += cut < 64 ? 1 : 331) {
    const auto torn = folder_ / "torn.part";
    write_file(torn, whole.substr(0, whole.size() - cut));
    const auto recovered = recover_recording(torn);
    ASSERT_TRUE(recovered) << cut;
    ASSERT_EQ(recovered->sample_count % CallTrack::kBlock, 0U);
    const auto reader = open_recording(torn);
    ASSERT_TRUE(reader) << cut;
    ASSERT_EQ((*reader)->sample_count(), recovered->sample_count);
    ASSERT_EQ(recovered->sha256, sha256_of_file(torn).value_or(Sha256{}));
  }
}

TEST_F(DiskRecorderTest, RemovesAFileThatHoldsNoSound) {
  make_recorder();
  std::filesystem::create_directories(folder_ / "w");
  write_file(folder_ / "w" / "empty.part", "");
  write_file(folder_ / "w" / "noise.part", std::string(500, 'x'));
  recorder_->recover();
  EXPECT_TRUE(finished_.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "w" / "empty.part"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "w" / "noise.part"));
}

TEST_F(DiskRecorderTest, NoticesADamagedBlockWhenItIsRead) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(2));
  recording->finish();
  recorder_->step();
  std::string bytes = read_file(path(".part"));
  bytes[kRecordingHeader + kBlockHeader + 100] ^= 1;
  write_file(path(".part"), bytes);
  auto reader = DiskArchive(folder_).open(conversation_.workspace, conversation_.id);
  ASSERT_TRUE(reader);
  std::vector<Sample> samples(2 * CallTrack::kBlock);
  const auto damaged = (*reader)->read(0, samples);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::corrupt);
  EXPECT_TRUE((*reader)->read(CallTrack::kBlock, samples));
}

TEST_F(DiskRecorderTest, DrawsPeaksCoarseAndFine) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(4));
  recording->finish();
  recorder_->step();
  auto reader = DiskArchive(folder_).open(conversation_.workspace, conversation_.id);
  ASSERT_TRUE(reader);
  const auto coarse = (*reader)->peaks(0, 64'000, 4);
  ASSERT_TRUE(coarse);
  EXPECT_EQ(coarse->agent, (std::vector<Peak>{{0, 2'000}, {0, 0}, {0, 2'000}, {0, 0}}));
  const auto fine = (*reader)->peaks(15'000, 17'000, 4);
  ASSERT_TRUE(fine);
  EXPECT_EQ(fine->caller, std::vector<Peak>(4, Peak{1'000, 1'000}));
  EXPECT_EQ(fine->agent, (std::vector<Peak>{{2'000, 2'000}, {2'000, 2'000}, {0, 0}, {0, 0}}));
  const auto beyond = (*reader)->peaks(80'000, 90'000, 2);
  ASSERT_TRUE(beyond);
  EXPECT_EQ(beyond->caller, std::vector<Peak>(2));
}

TEST_F(DiskRecorderTest, ErasesWhatItHasAndWhatItHasNot) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  speak(*recording, seconds(1));
  recording->finish();
  recorder_->step();
  DiskArchive archive(folder_);
  EXPECT_TRUE(archive.erase(conversation_.workspace, conversation_.id));
  EXPECT_FALSE(std::filesystem::exists(path(".part")));
  EXPECT_TRUE(archive.erase(conversation_.workspace, conversation_.id));
  const auto gone = archive.open(conversation_.workspace, conversation_.id);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
}

TEST_F(DiskRecorderTest, MarksWhatItWasTooSlowFor) {
  make_recorder();
  auto recording = recorder_->open(conversation_, clock_.now());
  const std::vector<Sample> frame(kFrameSamples.value(), 1'000);
  for (int time = 0; time < 200; ++time) {  // 4 s without the recorder's thread
    clock_.advance(kFrameDuration);
    recording->caller(clock_.now(), frame);
  }
  recorder_->step();
  speak(*recording, seconds(1));
  recording->finish();
  recorder_->step();
  ASSERT_EQ(finished_.size(), 1U);
  EXPECT_EQ(finished_[0].lost, kFrameDuration * (200 - static_cast<int>(FrameRing::kSlots)));
  EXPECT_EQ(finished_[0].duration(), seconds(5));
}

TEST(FrameRing, GivesEveryFrameOnceAcrossThreads) {
  FrameRing ring;
  constexpr int kFrames = 10'000;
  std::thread writer([&] {
    for (int number = 0; number < kFrames;) {
      const Sample sample = static_cast<Sample>(number % 30'000);
      if (ring.push(RecordedSide::agent, Timepoint(Duration(number)), std::span(&sample, 1))) {
        ++number;
      }
    }
  });
  for (int number = 0; number < kFrames;) {
    const RecordedFrame* frame = ring.front();
    if (frame == nullptr) continue;
    ASSERT_EQ(frame->at, Timepoint(Duration(number)));
    ASSERT_EQ(frame->samples[0], static_cast<Sample>(number % 30'000));
    ring.pop();
    ++number;
  }
  writer.join();
}

}  // namespace
}  // namespace antiphon
