#include "store/recording/disk_archive.h"

#include "crypto/envelope.h"
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
  DiskReader(int descriptor, std::uint64_t size, RecordingHeader header)
      : descriptor_(descriptor), size_(size), read_(read_descriptor(descriptor)) {
    index_.header = std::move(header);
  }
  DiskReader(const DiskReader&) = delete;
  DiskReader& operator=(const DiskReader&) = delete;
  ~DiskReader() override { ::close(descriptor_); }

  [[nodiscard]] const RecordingHeader& header() const { return index_.header; }
  [[nodiscard]] std::string sealed_key() const override {
    return codec_.is_sealed() ? std::string() : index_.header.sealed_key;
  }
  [[nodiscard]] std::uint64_t sample_count() const override { return index_.sample_count; }

  Result<> unlock(const Sensitive<std::string>& key) override {
    auto codec = BlockCodec::make(index_.header, key.reveal(), nullptr);
    if (!codec) return std::unexpected(std::move(codec.error()));
    auto index = read_index(read_, size_, index_.header, *codec);
    if (!index) return std::unexpected(std::move(index.error()));
    // A sealed end that does not open: another key, or somebody cut or changed the file.
    if (codec->is_sealed() && !index->outcome) return damaged();
    codec_ = std::move(*codec);
    index_ = std::move(*index);
    return {};
  }

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
    constexpr std::size_t kSealing = BlockCodec::kSealedFront + kEnvelopeExtra;
    const auto bytes = read_(offset, kSealing + kBlockHeader + kBlock * 2 * sizeof(Sample));
    if (!bytes) return std::unexpected(bytes.error());
    const auto block = codec_.decode(*bytes, offset);
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
  std::uint64_t size_;
  ReadAt read_;
  BlockCodec codec_;
  RecordingIndex index_;
  std::optional<std::uint64_t> loaded_;
  std::vector<Sample> samples_;  // of that block, interleaved
};

}  // namespace

std::filesystem::path recording_path(const std::filesystem::path& folder, WorkspaceId workspace,
                                     ConversationId id, std::string_view extension) {
  return folder / workspace.to_string() / (id.to_string() + std::string(extension));
}

namespace {

Result<std::unique_ptr<DiskReader>> open_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return errno == ENOENT
               ? failure(ErrorCode::not_found, "there is no such recording")
               : failure(ErrorCode::unavailable, "the recording cannot be read; try again");
  }
  const auto size = size_of_descriptor(descriptor);
  auto header = size ? read_header(read_descriptor(descriptor))
                     : Result<RecordingHeader>(std::unexpected(size.error()));
  if (!header) {
    ::close(descriptor);
    return std::unexpected(std::move(header.error()));
  }
  const bool is_plain = header->sealed_key.empty();
  auto reader = std::make_unique<DiskReader>(descriptor, *size, std::move(*header));
  if (is_plain) {
    auto unlocked = reader->unlock({});
    if (!unlocked) return std::unexpected(std::move(unlocked.error()));
  }
  return reader;
}

// Zeros over the key: what a disk keeps of a removed file cannot be opened then.
Result<> drop_key(const std::filesystem::path& path) {
  const auto failed = [] {
    return failure(ErrorCode::unavailable, "the recording's key cannot be removed; try again");
  };
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return {};
  if (descriptor < 0) return failed();
  const auto header = read_header(read_descriptor(descriptor));
  bool done = true;
  if (header && !header->sealed_key.empty()) {
    const std::string zeros(kSealedHeader - kRecordingHeader, '\0');
    constexpr off_t kAt = kRecordingHeader - sizeof(std::uint32_t);
    done = ::pwrite(descriptor, zeros.data(), zeros.size(), kAt) ==
               static_cast<ssize_t>(zeros.size()) &&
           ::fdatasync(descriptor) == 0;
  }
  ::close(descriptor);
  if (!done) return failed();
  return {};
}

}  // namespace

Result<std::unique_ptr<RecordingReader>> open_recording(const std::filesystem::path& path) {
  auto opened = open_file(path);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return std::unique_ptr<RecordingReader>(std::move(*opened));
}

Result<std::unique_ptr<RecordingReader>> DiskArchive::open(WorkspaceId workspace,
                                                           ConversationId id) {
  for (const std::string_view extension : kExtensions) {
    auto opened = open_file(recording_path(folder_, workspace, id, extension));
    if (!opened && opened.error().code == ErrorCode::not_found) continue;
    if (!opened) return std::unexpected(std::move(opened.error()));
    const RecordingHeader& header = (*opened)->header();
    if (header.workspace != workspace || header.conversation != id) return damaged();
    return std::unique_ptr<RecordingReader>(std::move(*opened));
  }
  return failure(ErrorCode::not_found, "there is no such recording");
}

Result<> DiskArchive::confirm(WorkspaceId workspace, ConversationId id) {
  std::error_code error;
  std::filesystem::rename(recording_path(folder_, workspace, id, ".part"),
                          recording_path(folder_, workspace, id, ".rec"), error);
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return failure(ErrorCode::unavailable, "the recording's file cannot be renamed");
}

Result<> erase_recordings(const std::filesystem::path& folder, WorkspaceId workspace) {
  const std::filesystem::path own = folder / workspace.to_string();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(own, error)) {
    auto dropped = drop_key(entry.path());
    if (!dropped) return dropped;
  }
  error.clear();
  std::filesystem::remove_all(own, error);
  if (error) return failure(ErrorCode::unavailable, "the recordings' folder cannot be removed");
  return {};
}

Result<> DiskArchive::erase(WorkspaceId workspace, ConversationId id) {
  for (const std::string_view extension : kExtensions) {
    const std::filesystem::path path = recording_path(folder_, workspace, id, extension);
    auto dropped = drop_key(path);
    if (!dropped) return dropped;
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) return failure(ErrorCode::unavailable, "the recording's file cannot be removed");
  }
  return {};
}

}  // namespace antiphon
