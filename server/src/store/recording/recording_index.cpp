// What a recording holds and where: from its end block, or by reading all of it.
#include "store/bytes.h"
#include "store/recording/block_codec.h"
#include "store/recording/recording_format.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::string_view kEndMagic = "ARE\n";
constexpr std::size_t kEndMark = 8;    // size of the end block 4 · magic 4: the file's last bytes
constexpr std::size_t kEndFixed = 45;  // of the payload, before its lists
constexpr std::size_t kPauseSize = 16;
constexpr std::size_t kPlaceSize = 16;
constexpr std::size_t kReadSize = std::size_t{1} << 20;

constexpr auto kBlock = static_cast<std::uint64_t>(CallTrack::kBlock);

// The file in larger pieces than blocks: a call a second long is not read in 24 bytes at a time.
class Window {
 public:
  explicit Window(const ReadAt& read) : read_(read) {}

  // `bytes` from `offset` on, fewer at the end of the file.
  Result<std::string_view> at(std::uint64_t offset, std::size_t bytes) {
    const bool held = offset >= begin_ && offset + bytes <= begin_ + held_.size();
    if (!held) {
      auto read = read_(offset, std::max(bytes, kReadSize));
      if (!read) return std::unexpected(std::move(read.error()));
      held_ = std::move(*read);
      begin_ = offset;
    }
    return std::string_view(held_).substr(offset - begin_, bytes);
  }

 private:
  const ReadAt& read_;
  std::string held_;
  std::uint64_t begin_ = 0;
};

// Pauses as the marks told them; one that did not end goes on to the end.
class Marks {
 public:
  void add(BlockKind kind, SamplePosition at) {
    if (kind == BlockKind::paused && !since_) since_ = at;
    if (kind == BlockKind::resumed && since_) {
      pauses_.push_back({*since_, std::max(*since_, at)});
      since_.reset();
    }
  }
  [[nodiscard]] std::vector<SampleSpan> until(SamplePosition end) const {
    std::vector<SampleSpan> pauses = pauses_;
    if (since_) pauses.push_back({*since_, end});
    std::erase_if(pauses, [&](const SampleSpan& pause) { return pause.first >= end; });
    for (SampleSpan& pause : pauses)
      pause.end = std::min(pause.end, end);
    return pauses;
  }

 private:
  std::vector<SampleSpan> pauses_;
  std::optional<SamplePosition> since_;
};

std::optional<RecordingIndex> read_end(const ReadAt& read, const RecordingHeader& header,
                                       const BlockCodec& codec, std::uint64_t file_size) {
  if (file_size < header.size() + kBlockHeader + kEndFixed + kEndMark) return std::nullopt;
  const auto mark = read(file_size - kEndMark, kEndMark);
  const auto size = mark ? codec.end_size(*mark) : std::nullopt;
  if (!size || *size > file_size - header.size()) return std::nullopt;
  const std::uint64_t offset = file_size - *size;
  const auto bytes = read(offset, *size);
  if (!bytes || bytes->size() != *size) return std::nullopt;
  const auto block = codec.decode(*bytes, offset);
  if (!block || block->kind != BlockKind::end) return std::nullopt;
  const std::size_t front = codec.front();
  const auto framed = codec.size(std::string_view(*bytes).substr(0, front));
  const std::size_t behind = codec.is_sealed() ? kEndMark : 0;
  if (!framed || *framed + behind != *size) return std::nullopt;
  auto index = decode_end(block->payload);
  if (!index || index->byte_count != file_size) return std::nullopt;
  index->header = header;
  return index;
}

// False: it does not continue the recording, and what follows neither.
bool take_block(const Block& block, std::uint64_t offset, RecordingIndex& index, Marks& marks) {
  switch (block.kind) {
    case BlockKind::audio:
      if (index.sample_count != index.blocks.size() * kBlock) return false;  // after a short one
      index.blocks.push_back({offset, block.peaks});
      index.sample_count += block.samples;
      return true;
    case BlockKind::paused:
    case BlockKind::resumed:
      marks.add(block.kind, number_at<SamplePosition>(block.payload, 0));
      return number_at<SamplePosition>(block.payload, 0) >= 0;
    case BlockKind::end:
      return false;
  }
  return false;
}

Milliseconds milliseconds_of(std::int64_t samples) { return Milliseconds(samples / 16); }

}  // namespace

// reason 1 · lost 8 · corrected 8 · samples 8 · file size 8 · pauses 4 · blocks 4 · spare 4
// then the pauses (first 8, end 8), then the blocks (offset 8, peaks 8)
std::string encode_end(const RecordingIndex& index, const RecordingOutcome& outcome,
                       std::size_t more) {
  Block block;
  block.kind = BlockKind::end;
  std::string& payload = block.payload;
  const std::size_t size =
      kEndFixed + index.pauses.size() * kPauseSize + index.blocks.size() * kPlaceSize + kEndMark;
  put(payload, static_cast<std::uint8_t>(outcome.end));
  put(payload, outcome.lost);
  put(payload, outcome.corrected);
  put(payload, index.sample_count);
  put(payload, static_cast<std::uint64_t>(index.byte_count + kBlockHeader + size + more));
  put(payload, static_cast<std::uint32_t>(index.pauses.size()));
  put(payload, static_cast<std::uint32_t>(index.blocks.size()));
  put(payload, std::uint32_t{0});
  for (const SampleSpan& pause : index.pauses) {
    put(payload, pause.first);
    put(payload, pause.end);
  }
  for (const BlockPlace& place : index.blocks) {
    put(payload, place.offset);
    for (const Peak& peak : {place.peaks.caller, place.peaks.agent}) {
      put(payload, peak.low);
      put(payload, peak.high);
    }
  }
  put(payload, static_cast<std::uint32_t>(kBlockHeader + size));
  payload += kEndMagic;
  return encode_block(block);
}

std::optional<RecordingIndex> decode_end(std::string_view payload) {
  if (payload.size() < kEndFixed + kEndMark) return std::nullopt;
  const auto reason = number_at<std::uint8_t>(payload, 0);
  if (reason > static_cast<std::uint8_t>(RecordingEnd::length_limit)) return std::nullopt;
  RecordingIndex index;
  index.outcome = {static_cast<RecordingEnd>(reason), number_at<std::uint64_t>(payload, 1),
                   number_at<std::int64_t>(payload, 9)};
  index.sample_count = number_at<std::uint64_t>(payload, 17);
  index.byte_count = number_at<std::uint64_t>(payload, 25);
  const std::size_t pauses = number_at<std::uint32_t>(payload, 33);
  const std::size_t blocks = number_at<std::uint32_t>(payload, 37);
  const std::size_t size = kEndFixed + pauses * kPauseSize + blocks * kPlaceSize + kEndMark;
  if (payload.size() != size || index.sample_count > blocks * kBlock) return std::nullopt;
  if (blocks > 0 && index.sample_count <= (blocks - 1) * kBlock) return std::nullopt;
  std::size_t at = kEndFixed;
  for (std::size_t pause = 0; pause < pauses; ++pause, at += kPauseSize) {
    index.pauses.push_back(
        {number_at<SamplePosition>(payload, at), number_at<SamplePosition>(payload, at + 8)});
  }
  for (std::size_t block = 0; block < blocks; ++block, at += kPlaceSize) {
    index.blocks.push_back(
        {number_at<std::uint64_t>(payload, at),
         {{number_at<Sample>(payload, at + 8), number_at<Sample>(payload, at + 10)},
          {number_at<Sample>(payload, at + 12), number_at<Sample>(payload, at + 14)}}});
  }
  return index;
}

namespace {

// What a file holds that was cut off anywhere.
Result<RecordingIndex> scan_blocks(const ReadAt& read, std::uint64_t file_size,
                                   const RecordingHeader& header, const BlockCodec& codec) {
  Window window(read);
  RecordingIndex index;
  index.header = header;
  index.byte_count = header.size();
  Marks marks;
  while (index.byte_count < file_size) {
    const auto front = window.at(index.byte_count, codec.front());
    if (!front) return std::unexpected(front.error());
    const auto size = codec.size(*front);
    if (!size) break;
    const auto bytes = window.at(index.byte_count, *size);
    if (!bytes) return std::unexpected(bytes.error());
    const auto block = codec.decode(*bytes, index.byte_count);
    if (!block || !take_block(*block, index.byte_count, index, marks)) break;
    index.byte_count += *size;
  }
  index.pauses = marks.until(static_cast<SamplePosition>(index.sample_count));
  return index;
}

}  // namespace

Result<RecordingHeader> read_header(const ReadAt& read) {
  const auto front = read(0, kSealedHeader);
  if (!front) return std::unexpected(front.error());
  return decode_header(*front);
}

Result<RecordingIndex> read_index(const ReadAt& read, std::uint64_t file_size,
                                  const RecordingHeader& header, const BlockCodec& codec) {
  if (auto finished = read_end(read, header, codec, file_size)) return std::move(*finished);
  return scan_blocks(read, file_size, header, codec);
}

Result<RecordingIndex> read_index(const ReadAt& read, std::uint64_t file_size) {
  const auto header = read_header(read);
  if (!header) return std::unexpected(header.error());
  if (!header->sealed_key.empty()) {
    return failure(ErrorCode::corrupt, "the recording is sealed; its key is needed to read it");
  }
  return read_index(read, file_size, *header, BlockCodec());
}

Recording to_recording(const RecordingIndex& index) {
  Recording recording;
  recording.workspace = index.header.workspace;
  recording.conversation = index.header.conversation;
  recording.started_at = index.header.started_at;
  const RecordingOutcome outcome =
      index.outcome.value_or(RecordingOutcome{.end = RecordingEnd::server_ended});
  recording.end = outcome.end;
  recording.sample_count = index.sample_count;
  recording.byte_count = index.byte_count;
  recording.lost = milliseconds_of(static_cast<std::int64_t>(outcome.lost));
  recording.corrected = milliseconds_of(outcome.corrected);
  for (const SampleSpan& pause : index.pauses)
    recording.pauses.push_back({milliseconds_of(pause.first), milliseconds_of(pause.end)});
  return recording;
}

}  // namespace antiphon
