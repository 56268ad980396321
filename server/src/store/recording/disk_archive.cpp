#include "store/recording/disk_archive.h"

#include "store/recording/recording_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr auto kBlock = static_cast<std::uint64_t>(CallTrack::kBlock);
constexpr std::array<std::string_view, 2> kExtensions{".rec", ".part"};

std::unexpected<Error> damaged() {
  return failure(ErrorCode::corrupt, "the recording is not what was written");
}

void widen(Peak& peak, Peak by) {
  peak.low = std::min(peak.low, by.low);
  peak.high = std::max(peak.high, by.high);
}

class DiskReader final : public RecordingReader {
 public:
  DiskReader(int descriptor, RecordingIndex index)
      : descriptor_(descriptor), read_(read_descriptor(descriptor)), index_(std::move(index)) {}
  DiskReader(const DiskReader&) = delete;
  DiskReader& operator=(const DiskReader&) = delete;
  ~DiskReader() override { ::close(descriptor_); }

  [[nodiscard]] std::uint64_t sample_count() const override { return index_.sample_count; }

  Result<> read(std::uint64_t first, std::span<Sample> interleaved) override {
    while (!interleaved.empty()) {
      if (first >= index_.sample_count) return damaged();
      auto loaded = load(first / kBlock);
      if (!loaded) return loaded;
      const std::size_t skip = static_cast<std::size_t>(first % kBlock) * 2;
      if (skip >= samples_.size()) return damaged();
      const std::size_t count = std::min(samples_.size() - skip, interleaved.size());
      std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(skip), count, interleaved.begin());
      interleaved = interleaved.subspan(count);
      first += count / 2;
    }
    return {};
  }

  Result<StereoPeaks> peaks(std::uint64_t first, std::uint64_t end, std::size_t count) override {
    end = std::min(end, index_.sample_count);
    first = std::min(first, end);
    StereoPeaks peaks;
    for (std::size_t stretch = 0; stretch < count; ++stretch) {
      const std::uint64_t length = end - first;
      const std::uint64_t from = first + length * stretch / count;
      const std::uint64_t to = first + length * (stretch + 1) / count;
      Peak caller;
      Peak agent;
      auto found = length / count >= kBlock ? coarse(from, to, caller, agent)
                                            : fine(from, to, caller, agent);
      if (!found) return std::unexpected(std::move(found.error()));
      peaks.caller.push_back(caller);
      peaks.agent.push_back(agent);
    }
    return peaks;
  }

 private:
  Result<> load(std::uint64_t number) {
    if (loaded_ == number) return {};
    const std::uint64_t offset = index_.blocks[number].offset;
    const auto bytes = read_(offset, kBlockHeader + kBlock * 2 * sizeof(Sample));
    if (!bytes) return std::unexpected(bytes.error());
    const auto block = decode_block(*bytes);
    if (!block || block->kind != BlockKind::audio) return damaged();
    samples_.resize(std::size_t{2} * block->samples);
    decode_audio(*block, samples_);
    loaded_ = number;
    return {};
  }

  // Whole blocks, whose peaks the index knows: a block counts for the stretch its middle is in, or
  // for every stretch it is the only one of.
  Result<> coarse(std::uint64_t from, std::uint64_t to, Peak& caller, Peak& agent) {
    for (std::uint64_t number = from / kBlock; number * kBlock < to; ++number) {
      widen(caller, index_.blocks[number].peaks.caller);
      widen(agent, index_.blocks[number].peaks.agent);
    }
    return {};
  }

  Result<> fine(std::uint64_t from, std::uint64_t to, Peak& caller, Peak& agent) {
    for (std::uint64_t at = from; at < to; ++at) {
      auto loaded = load(at / kBlock);
      if (!loaded) return loaded;
      const std::size_t place = static_cast<std::size_t>(at % kBlock) * 2;
      if (place >= samples_.size()) return damaged();
      const Peak left{samples_[place], samples_[place]};
      const Peak right{samples_[place + 1], samples_[place + 1]};
      if (at == from) {
        caller = left;
        agent = right;
      }
      widen(caller, left);
      widen(agent, right);
    }
    return {};
  }

  int descriptor_;
  ReadAt read_;
  RecordingIndex index_;
  std::optional<std::uint64_t> loaded_;
  std::vector<Sample> samples_;  // of that block, interleaved
};

}  // namespace

std::filesystem::path recording_path(const std::filesystem::path& folder, WorkspaceId workspace,
                                     ConversationId id, std::string_view extension) {
  return folder / workspace.to_string() / (id.to_string() + std::string(extension));
}

Result<std::unique_ptr<RecordingReader>> open_recording(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return errno == ENOENT
               ? failure(ErrorCode::not_found, "there is no such recording")
               : failure(ErrorCode::unavailable, "the recording cannot be read; try again");
  }
  const auto size = size_of_descriptor(descriptor);
  auto index = size ? read_index(read_descriptor(descriptor), *size)
                    : Result<RecordingIndex>(std::unexpected(size.error()));
  if (!index) {
    ::close(descriptor);
    return std::unexpected(std::move(index.error()));
  }
  return std::make_unique<DiskReader>(descriptor, std::move(*index));
}

Result<std::unique_ptr<RecordingReader>> DiskArchive::open(WorkspaceId workspace,
                                                           ConversationId id) {
  Result<std::unique_ptr<RecordingReader>> opened =
      failure(ErrorCode::not_found, "there is no such recording");
  for (const std::string_view extension : kExtensions) {
    opened = open_recording(recording_path(folder_, workspace, id, extension));
    if (opened || opened.error().code != ErrorCode::not_found) break;
  }
  return opened;
}

Result<> DiskArchive::confirm(WorkspaceId workspace, ConversationId id) {
  std::error_code error;
  std::filesystem::rename(recording_path(folder_, workspace, id, ".part"),
                          recording_path(folder_, workspace, id, ".rec"), error);
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return failure(ErrorCode::unavailable, "the recording's file cannot be renamed");
}

Result<> DiskArchive::erase(WorkspaceId workspace, ConversationId id) {
  for (const std::string_view extension : kExtensions) {
    std::error_code error;
    std::filesystem::remove(recording_path(folder_, workspace, id, extension), error);
    if (error) return failure(ErrorCode::unavailable, "the recording's file cannot be removed");
  }
  return {};
}

}  // namespace antiphon
