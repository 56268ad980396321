#include "store/recording/recording_format.h"

#include "core/crc32.h"
#include "store/bytes.h"

#include <algorithm>
#include <bit>

namespace antiphon {

namespace {

constexpr std::string_view kFileMagic = "ANTREC1\n";
constexpr std::string_view kSealedFileMagic = "ANTREC2\n";
constexpr std::size_t kHeaderFixed = 60;  // before the sealed key and the CRC
constexpr std::string_view kBlockMagic = "ARB\n";
constexpr std::uint32_t kRate = 16'000;
constexpr std::uint8_t kCaller = 1;
constexpr std::uint8_t kAgent = 2;

static_assert(std::endian::native == std::endian::little, "samples are stored as they stand");

Peak peak_of(std::span<const Sample> samples) {
  if (samples.empty()) return {};
  const auto [low, high] = std::ranges::minmax(samples);
  return {low, high};
}

void append_samples(std::string& out, std::span<const Sample> samples) {
  out.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
}

bool is_sound(const Block& block) {
  const std::size_t channels = static_cast<std::size_t>(std::popcount(block.channels));
  switch (block.kind) {
    case BlockKind::audio:
      return block.channels <= (kCaller | kAgent) && block.samples > 0 &&
             block.samples <= CallTrack::kBlock &&
             block.payload.size() == channels * block.samples * sizeof(Sample);
    case BlockKind::paused:
    case BlockKind::resumed:
      return block.payload.size() == sizeof(std::uint64_t);
    case BlockKind::end:
      return true;
  }
  return false;
}

}  // namespace

// magic 8 · header size 4 · rate 4 · workspace 16 · conversation 16 · began 8 · block 4 ·
// sealed key 0 or 104 · CRC 4
std::string encode_header(const RecordingHeader& header) {
  std::string bytes(header.sealed_key.empty() ? kFileMagic : kSealedFileMagic);
  put(bytes, static_cast<std::uint32_t>(header.size()));
  put(bytes, kRate);
  put(bytes, header.workspace.uuid());
  put(bytes, header.conversation.uuid());
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(header.started_at.time_since_epoch());
  put(bytes, static_cast<std::int64_t>(micros.count()));
  put(bytes, static_cast<std::uint32_t>(CallTrack::kBlock));
  bytes += header.sealed_key;
  put(bytes, crc32(bytes));
  return bytes;
}

Result<RecordingHeader> decode_header(std::string_view bytes) {
  const auto refused = failure(ErrorCode::corrupt, "the file is no recording");
  const bool is_sealed = bytes.starts_with(kSealedFileMagic);
  const std::size_t size = is_sealed ? kSealedHeader : kRecordingHeader;
  if (bytes.size() < size || !(is_sealed || bytes.starts_with(kFileMagic))) return refused;
  const std::size_t crc = size - sizeof(std::uint32_t);
  const bool known = number_at<std::uint32_t>(bytes, 8) == size &&
                     number_at<std::uint32_t>(bytes, 12) == kRate &&
                     number_at<std::uint32_t>(bytes, 56) == CallTrack::kBlock;
  if (!known || number_at<std::uint32_t>(bytes, crc) != crc32(bytes.substr(0, crc))) return refused;
  RecordingHeader header;
  header.workspace = WorkspaceId(uuid_at(bytes, 16));
  header.conversation = ConversationId(uuid_at(bytes, 32));
  header.started_at = WallTime(std::chrono::microseconds(number_at<std::int64_t>(bytes, 48)));
  if (is_sealed) header.sealed_key = bytes.substr(kHeaderFixed, kSealedKey);
  return header;
}

// magic 4 · CRC 4 · kind 1 · channels 1 · samples 2 · payload size 4 · peaks 8
std::string encode_block(const Block& block) {
  std::string rest;
  rest.reserve(kBlockHeader + block.payload.size());
  put(rest, static_cast<std::uint8_t>(block.kind));
  put(rest, block.channels);
  put(rest, block.samples);
  put(rest, static_cast<std::uint32_t>(block.payload.size()));
  for (const Peak& peak : {block.peaks.caller, block.peaks.agent}) {
    put(rest, peak.low);
    put(rest, peak.high);
  }
  rest += block.payload;
  std::string framed(kBlockMagic);
  put(framed, crc32(rest));
  framed += rest;
  return framed;
}

BlockPeaks peaks_of(const StereoBlock& block) {
  return {peak_of(block.caller), peak_of(block.agent)};
}

std::string encode_audio(const StereoBlock& block) {
  Block framed;
  framed.samples = static_cast<std::uint16_t>(block.caller.size());
  framed.peaks = peaks_of(block);
  if (framed.peaks.caller != Peak{}) {
    framed.channels |= kCaller;
    append_samples(framed.payload, block.caller);
  }
  if (framed.peaks.agent != Peak{}) {
    framed.channels |= kAgent;
    append_samples(framed.payload, block.agent);
  }
  return encode_block(framed);
}

std::string encode_mark(BlockKind kind, SamplePosition at) {
  Block block;
  block.kind = kind;
  put(block.payload, static_cast<std::uint64_t>(at));
  return encode_block(block);
}

std::optional<std::size_t> payload_size(std::string_view header) {
  if (header.size() < kBlockHeader || !header.starts_with(kBlockMagic)) return std::nullopt;
  const std::size_t size = number_at<std::uint32_t>(header, 12);
  if (size > kPayloadMax) return std::nullopt;
  return size;
}

std::optional<Block> decode_block(std::string_view bytes) {
  const auto size = payload_size(bytes);
  if (!size || bytes.size() - kBlockHeader < *size) return std::nullopt;
  bytes = bytes.substr(0, kBlockHeader + *size);
  if (number_at<std::uint32_t>(bytes, 4) != crc32(bytes.substr(8))) return std::nullopt;
  const auto kind = number_at<std::uint8_t>(bytes, 8);
  if (kind < 1 || kind > 4) return std::nullopt;
  Block block;
  block.kind = static_cast<BlockKind>(kind);
  block.channels = number_at<std::uint8_t>(bytes, 9);
  block.samples = number_at<std::uint16_t>(bytes, 10);
  block.peaks = {{number_at<Sample>(bytes, 16), number_at<Sample>(bytes, 18)},
                 {number_at<Sample>(bytes, 20), number_at<Sample>(bytes, 22)}};
  block.payload = bytes.substr(kBlockHeader);
  if (!is_sound(block)) return std::nullopt;
  return block;
}

void decode_audio(const Block& block, std::span<Sample> interleaved) {
  std::size_t from = 0;
  for (const std::size_t channel : {0U, 1U}) {
    const bool present = (block.channels & (1U << channel)) != 0;
    for (std::size_t index = 0; index < block.samples; ++index) {
      interleaved[2 * index + channel] =
          present ? number_at<Sample>(block.payload, from + index * sizeof(Sample)) : Sample{0};
    }
    if (present) from += block.samples * sizeof(Sample);
  }
}

}  // namespace antiphon
