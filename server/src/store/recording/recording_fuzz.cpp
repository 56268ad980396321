// The reader of recordings, plain and sealed, on any bytes: it ends, believes no number, and what
// it accepts it can read.
#include "core/check.h"
#include "store/recording/block_codec.h"
#include "store/recording/recording_format.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace antiphon {
namespace {

// The key of the corpus.
SecretKey known_key() {
  std::array<std::byte, SecretKey::kSize> bytes{};
  bytes.fill(std::byte{7});
  return SecretKey(bytes);
}

void check_index(const Result<RecordingIndex>& index, std::size_t size) {
  if (!index) return;
  CHECK(index->byte_count <= size, "nothing beyond the file is believed");
  CHECK(index->sample_count <= index->blocks.size() * CallTrack::kBlock, "blocks hold it all");
  static_cast<void>(to_recording(*index));
}

void read_sealed(const ReadAt& read, const std::string& bytes) {
  const auto header = read_header(read);
  if (!header) return;
  CHECK(bytes.starts_with(encode_header(*header)), "a header has one form");
  if (header->sealed_key.empty()) return;
  const BlockCodec codec(*header, known_key(), nullptr);
  check_index(read_index(read, bytes.size(), *header, codec), bytes.size());
}

}  // namespace
}  // namespace antiphon

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const ReadAt read = [&](std::uint64_t offset, std::size_t count) -> Result<std::string> {
    if (offset >= bytes.size()) return std::string();
    return bytes.substr(offset, count);
  };
  check_index(read_index(read, size), size);
  read_sealed(read, bytes);
  // Fuzzers rarely guess a checksum: the block and the end see the bytes directly too.
  static_cast<void>(decode_end(bytes));
  if (const auto block = decode_block(bytes)) {
    CHECK(encode_block(*block) == bytes.substr(0, kBlockHeader + block->payload.size()),
          "a block has one form");
    if (block->kind == BlockKind::audio) {
      std::vector<Sample> samples(std::size_t{2} * block->samples);
      decode_audio(*block, samples);
    }
  }
  return 0;
}
