// How a recording lies on the disk, so that a kill costs its last second and nothing else.
//
//   file     header (64 bytes): "ANTREC1\n", sizes, whose it is, when it began, CRC-32;
//            of a sealed recording (168 bytes): "ANTREC2\n", and before the CRC-32 the recording's
//            own key, in an envelope that the workspace's key seals
//            block, block, block … (each sealed: block_codec.h)
//            end block, once the call is over: why, what was lost, the pauses, where every block is
//   block    header (24 bytes): "ARB\n", kind, channels, samples, payload size, CRC-32 of the rest
//            and the payload, lowest and highest sample of each channel
//            payload: of audio, little-endian samples of the caller, then of the agent; a channel
//            that is silence throughout is left out
//
// All audio blocks but the last hold CallTrack::kBlock samples: the block of a sample is known
// without looking. Whatever is torn or damaged ends the file: it is cut off there.
// Limits  payloads of kPayloadMax.
// Thread  any; pure.
#pragma once

#include "core/result.h"
#include "domain/recording.h"
#include "ports/recording_archive.h"
#include "store/recording/call_track.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kRecordingHeader = 64;
inline constexpr std::size_t kSealedKey = 104;  // an envelope of 32 bytes
inline constexpr std::size_t kSealedHeader = kRecordingHeader + kSealedKey;
inline constexpr std::size_t kBlockHeader = 24;
inline constexpr std::size_t kPayloadMax = std::size_t{4} << 20;

struct RecordingHeader {
  WorkspaceId workspace;
  ConversationId conversation;
  WallTime started_at{};   // microseconds
  std::string sealed_key;  // kSealedKey bytes; empty: the blocks are plain

  [[nodiscard]] std::size_t size() const {
    return sealed_key.empty() ? kRecordingHeader : kSealedHeader;
  }
};

enum class BlockKind : std::uint8_t { audio = 1, paused = 2, resumed = 3, end = 4 };

struct BlockPeaks {
  Peak caller;
  Peak agent;
};

struct Block {
  BlockKind kind = BlockKind::audio;
  std::uint8_t channels = 0;  // bit 0: the caller's samples are there, bit 1: the agent's
  std::uint16_t samples = 0;
  BlockPeaks peaks;
  std::string payload;
};

struct BlockPlace {
  std::uint64_t offset = 0;
  BlockPeaks peaks;
};

// What the end block says beside the index.
struct RecordingOutcome {
  RecordingEnd end = RecordingEnd::call_ended;
  std::uint64_t lost = 0;      // samples
  std::int64_t corrected = 0;  // samples
};

struct RecordingIndex {
  RecordingHeader header;
  std::vector<BlockPlace> blocks;
  std::uint64_t sample_count = 0;
  std::vector<SampleSpan> pauses;
  std::optional<RecordingOutcome> outcome;  // of a file that was finished
  std::uint64_t byte_count = 0;             // of what is sound
};

[[nodiscard]] std::string encode_header(const RecordingHeader& header);
// Looks at kSealedHeader bytes, or at fewer where the file is shorter. corrupt: no recording.
[[nodiscard]] Result<RecordingHeader> decode_header(std::string_view bytes);

[[nodiscard]] std::string encode_block(const Block& block);
[[nodiscard]] std::string encode_audio(const StereoBlock& block);
[[nodiscard]] std::string encode_mark(BlockKind kind, SamplePosition at);
// `more`: by so many bytes the block will be longer than this when it is in the file.
[[nodiscard]] std::string encode_end(const RecordingIndex& index, const RecordingOutcome& outcome,
                                     std::size_t more);

[[nodiscard]] BlockPeaks peaks_of(const StereoBlock& block);

// The payload of an end block; nullopt: it contradicts itself.
[[nodiscard]] std::optional<RecordingIndex> decode_end(std::string_view payload);

// The payload size that a block header announces; nullopt: this is no block header.
[[nodiscard]] std::optional<std::size_t> payload_size(std::string_view header);
// The block at the front of the bytes; nullopt: torn or damaged.
[[nodiscard]] std::optional<Block> decode_block(std::string_view bytes);
// Into two columns of `interleaved`: block.samples of each.
void decode_audio(const Block& block, std::span<Sample> interleaved);

// Reads bytes of a file: at most `bytes` from `offset` on, fewer at its end.
using ReadAt = std::function<Result<std::string>(std::uint64_t offset, std::size_t bytes)>;

class BlockCodec;

// corrupt: no recording.
[[nodiscard]] Result<RecordingHeader> read_header(const ReadAt& read);
// From the end block when there is one, else by reading every block. `codec` is of the header.
[[nodiscard]] Result<RecordingIndex> read_index(const ReadAt& read, std::uint64_t file_size,
                                                const RecordingHeader& header,
                                                const BlockCodec& codec);
// Of a plain recording. corrupt: no recording, or a sealed one.
[[nodiscard]] Result<RecordingIndex> read_index(const ReadAt& read, std::uint64_t file_size);

// Milliseconds, as the rest of the program sees it.
[[nodiscard]] Recording to_recording(const RecordingIndex& index);

}  // namespace antiphon
