// The reader of recordings on any bytes: it ends, believes no number, and what it accepts it can
// read.
#include "core/check.h"
#include "store/recording/recording_format.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const ReadAt read = [&](std::uint64_t offset, std::size_t count) -> Result<std::string> {
    if (offset >= bytes.size()) return std::string();
    return bytes.substr(offset, count);
  };
  const auto index = read_index(read, size);
  if (index) {
    CHECK(index->byte_count <= size, "nothing beyond the file is believed");
    CHECK(index->sample_count <= index->blocks.size() * CallTrack::kBlock, "blocks hold it all");
    static_cast<void>(to_recording(*index));
  }
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
