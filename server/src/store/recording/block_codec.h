// How the blocks of one recording stand in its file: as they are, or each sealed on its own, so
// that one is opened without the others.
//
//   sealed block  "ASB\n", size of the envelope (4, little-endian), the envelope of the block
//   sealed end    likewise, and behind it: size of all this (4), "ASE\n"
//
// A sealed block belongs to its place in its file: the envelope knows the whole header and the
// block's offset. Swapped, moved, or behind the header of another recording it does not open.
// Thread  any, for what is const; the random source must take it.
#pragma once

#include "crypto/secret_key.h"
#include "store/recording/recording_format.h"

#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

class BlockCodec {
 public:
  // Plain.
  BlockCodec() = default;
  // Sealed; `random` is null where blocks are only read.
  BlockCodec(RecordingHeader header, const SecretKey& key, Random* random);
  // Of the header: plain, or sealed with these 32 bytes. corrupt: the key is no key.
  [[nodiscard]] static Result<BlockCodec> make(const RecordingHeader& header, std::string_view key,
                                               Random* random);

  // As many bytes of a block tell how long it is.
  [[nodiscard]] std::size_t front() const;
  // Of a whole block with this front; nullopt: it is none.
  [[nodiscard]] std::optional<std::size_t> size(std::string_view front) const;
  // Nullopt: torn, damaged, or not from here.
  [[nodiscard]] std::optional<Block> decode(std::string_view bytes, std::uint64_t offset) const;
  [[nodiscard]] std::string encode(std::string block, std::uint64_t offset) const;
  // The end of the file, which stands behind `index.byte_count` bytes.
  [[nodiscard]] std::string encode_end(const RecordingIndex& index,
                                       const RecordingOutcome& outcome) const;
  // Of the last bytes of a file: how long its end block is.
  [[nodiscard]] std::optional<std::size_t> end_size(std::string_view last) const;
  [[nodiscard]] bool is_sealed() const { return key_.has_value(); }

  static constexpr std::size_t kEndMark = 8;  // what end_size() looks at
  static constexpr std::size_t kSealedFront = 8;

 private:
  std::string context_;  // the header's bytes
  Uuid workspace_;
  Uuid conversation_;
  std::optional<SecretKey> key_;
  Random* random_ = nullptr;
};

}  // namespace antiphon
