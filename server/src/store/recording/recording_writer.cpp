#include "store/recording/recording_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace antiphon {

namespace {

std::unexpected<Error> disk_failure(int error) {
  if (error == EEXIST)
    return failure(ErrorCode::already_exists, "the call has a recording already");
  if (error == ENOENT) return failure(ErrorCode::not_found, "there is no such recording");
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return failure(full ? ErrorCode::resource_exhausted : ErrorCode::unavailable,
                 full ? "the disk of the recordings is full; free some space"
                      : "the recordings cannot be written or read; look at their folder");
}

void make_private_folder(const std::filesystem::path& folder) {
  std::error_code ignored;  // opening the file tells what is wrong
  std::filesystem::create_directories(folder, ignored);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
}

}  // namespace

ReadAt read_descriptor(int descriptor) {
  return [descriptor](std::uint64_t offset, std::size_t bytes) -> Result<std::string> {
    std::string read(bytes, '\0');
    std::size_t filled = 0;
    while (filled < bytes) {
      const ssize_t count = ::pread(descriptor, read.data() + filled, bytes - filled,
                                    static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return disk_failure(errno);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    read.resize(filled);
    return read;
  };
}

Result<std::uint64_t> size_of_descriptor(int descriptor) {
  struct stat information{};
  if (::fstat(descriptor, &information) != 0) return disk_failure(errno);
  return static_cast<std::uint64_t>(information.st_size);
}

RecordingWriter::RecordingWriter(int descriptor, std::filesystem::path path, RecordingIndex index,
                                 BlockCodec codec)
    : descriptor_(descriptor),
      path_(std::move(path)),
      index_(std::move(index)),
      codec_(std::move(codec)) {}

RecordingWriter::RecordingWriter(RecordingWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      index_(std::move(other.index_)),
      codec_(std::move(other.codec_)),
      hash_(std::move(other.hash_)) {}

RecordingWriter::~RecordingWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<RecordingWriter> RecordingWriter::create(const std::filesystem::path& path,
                                                const RecordingHeader& header, BlockCodec codec) {
  make_private_folder(path.parent_path());
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return disk_failure(errno);
  RecordingIndex index;
  index.header = header;
  RecordingWriter writer(descriptor, path, std::move(index), std::move(codec));
  writer.hash_ = std::make_unique<Sha256Stream>();
  const auto written = writer.append(encode_header(header));
  if (!written) {
    ::unlink(path.c_str());  // an empty file would only have to be explained
    return std::unexpected(written.error());
  }
  return writer;
}

Result<RecordingWriter> RecordingWriter::reopen(const std::filesystem::path& path,
                                                RecordingIndex index, BlockCodec codec) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return disk_failure(errno);
  RecordingWriter writer(descriptor, path, std::move(index), std::move(codec));
  const auto cut = writer.cut(writer.index_.byte_count);
  if (!cut) return std::unexpected(cut.error());
  return writer;
}

Result<> RecordingWriter::append(std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + written, bytes.size() - written,
                                   static_cast<off_t>(index_.byte_count + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count < 0 ? errno : ENOSPC;
      const auto undone = cut(index_.byte_count);
      static_cast<void>(undone);  // a torn block is cut off by whoever reads the file, too
      return disk_failure(error);
    }
    written += static_cast<std::size_t>(count);
  }
  index_.byte_count += bytes.size();
  if (hash_) hash_->update(std::as_bytes(std::span(bytes)));
  return {};
}

Result<> RecordingWriter::cut(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return disk_failure(errno);
  return {};
}

Result<> RecordingWriter::append_audio(const StereoBlock& block) {
  const std::uint64_t offset = index_.byte_count;
  auto appended = append(codec_.encode(encode_audio(block), offset));
  if (!appended) return appended;
  index_.blocks.push_back({offset, peaks_of(block)});
  index_.sample_count += block.caller.size();
  return {};
}

Result<> RecordingWriter::append_mark(BlockKind kind, SamplePosition at) {
  return append(codec_.encode(encode_mark(kind, at), index_.byte_count));
}

void RecordingWriter::give_up_blocks(std::uint64_t bytes) {
  hash_.reset();
  const std::uint64_t end = index_.byte_count;
  while (!index_.blocks.empty() && end - index_.byte_count < bytes) {
    index_.byte_count = index_.blocks.back().offset;
    index_.blocks.pop_back();
    const auto whole = static_cast<std::uint64_t>(CallTrack::kBlock) * index_.blocks.size();
    index_.sample_count = std::min(index_.sample_count, whole);
  }
}

Result<Recording> RecordingWriter::finish(const RecordingOutcome& outcome,
                                          std::vector<SampleSpan> pauses) {
  index_.pauses = std::move(pauses);
  auto ended = append(codec_.encode_end(index_, outcome));
  while (!ended && !index_.blocks.empty()) {
    give_up_blocks(codec_.encode_end(index_, outcome).size());
    const auto room = cut(index_.byte_count);
    if (!room) return std::unexpected(room.error());
    ended = append(codec_.encode_end(index_, outcome));
  }
  if (!ended) return std::unexpected(ended.error());
  if (::fdatasync(descriptor_) != 0) return disk_failure(errno);
  index_.outcome = outcome;
  Recording recording = to_recording(index_);
  if (hash_) {
    recording.sha256 = hash_->finish();
    hash_.reset();
  } else {
    const auto hash = sha256_of_file(path_);
    if (!hash) return std::unexpected(hash.error());
    recording.sha256 = *hash;
  }
  return recording;
}

namespace {

struct Found {
  RecordingIndex index;
  BlockCodec codec;
};

Result<Found> read_found(const ReadAt& read, std::uint64_t size, const RecordingSealing* sealing) {
  const auto header = read_header(read);
  if (!header) return std::unexpected(header.error());
  Sensitive<std::string> key;
  if (!header->sealed_key.empty()) {
    if (sealing == nullptr) {
      return failure(ErrorCode::wrong_state, "the recording is sealed, and the server seals none");
    }
    auto opened = sealing->seals.open(header->workspace, header->conversation, header->sealed_key);
    if (!opened) return std::unexpected(std::move(opened.error()));
    key = std::move(*opened);
  }
  auto codec = BlockCodec::make(*header, key.reveal(), sealing ? &sealing->random : nullptr);
  if (!codec) return std::unexpected(std::move(codec.error()));
  auto index = read_index(read, size, *header, *codec);
  if (!index) return std::unexpected(std::move(index.error()));
  return Found{std::move(*index), std::move(*codec)};
}

// A file whose header is damaged holds nothing that could be read. One whose key does not open may
// be read once the right keys are there.
bool is_lost(const ReadAt& read, const Error& error) {
  if (error.code == ErrorCode::not_found) return true;
  return error.code == ErrorCode::corrupt && !read_header(read);
}

}  // namespace

Result<Recording> recover_recording(const std::filesystem::path& path,
                                    const RecordingSealing* sealing) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return disk_failure(errno);
  const ReadAt read = read_descriptor(descriptor);
  const auto size = size_of_descriptor(descriptor);
  auto found =
      size ? read_found(read, *size, sealing) : Result<Found>(std::unexpected(size.error()));
  const bool lost = found ? found->index.sample_count == 0 : is_lost(read, found.error());
  ::close(descriptor);
  if (lost) ::unlink(path.c_str());
  if (!found && found.error().code != ErrorCode::corrupt) return std::unexpected(found.error());
  if (lost) return failure(ErrorCode::corrupt, "the file holds no sound");
  if (!found) return std::unexpected(found.error());
  RecordingIndex& index = found->index;
  if (index.outcome) {
    Recording recording = to_recording(index);
    const auto hash = sha256_of_file(path);
    if (!hash) return std::unexpected(hash.error());
    recording.sha256 = *hash;
    return recording;
  }
  std::vector<SampleSpan> pauses = index.pauses;
  auto writer = RecordingWriter::reopen(path, std::move(index), std::move(found->codec));
  if (!writer) return std::unexpected(writer.error());
  return writer->finish({.end = RecordingEnd::server_ended}, std::move(pauses));
}

}  // namespace antiphon
