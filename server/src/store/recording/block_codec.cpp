#include "store/recording/block_codec.h"

#include "core/check.h"
#include "crypto/envelope.h"
#include "store/bytes.h"

#include <span>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kSealedMagic = "ASB\n";
constexpr std::string_view kSealedEndMagic = "ASE\n";
constexpr std::string_view kPlainEndMagic = "ARE\n";

}  // namespace

BlockCodec::BlockCodec(RecordingHeader header, const SecretKey& key, Random* random)
    : context_(encode_header(header)),
      workspace_(header.workspace.uuid()),
      conversation_(header.conversation.uuid()),
      key_(key),
      random_(random) {}

Result<BlockCodec> BlockCodec::make(const RecordingHeader& header, std::string_view key,
                                    Random* random) {
  if (header.sealed_key.empty()) return BlockCodec();
  if (key.size() != SecretKey::kSize) {
    return failure(ErrorCode::corrupt, "the key of the recording has another length than keys");
  }
  return BlockCodec(header, SecretKey(std::as_bytes(std::span(key)).first<SecretKey::kSize>()),
                    random);
}

std::size_t BlockCodec::front() const { return key_ ? kSealedFront : kBlockHeader; }

std::optional<std::size_t> BlockCodec::size(std::string_view front) const {
  if (!key_) {
    const auto payload = payload_size(front);
    return payload ? std::optional(kBlockHeader + *payload) : std::nullopt;
  }
  if (front.size() < kSealedFront || !front.starts_with(kSealedMagic)) return std::nullopt;
  const std::size_t size = number_at<std::uint32_t>(front, 4);
  if (size < kEnvelopeExtra + kBlockHeader || size > kEnvelopeExtra + kItemMax) return std::nullopt;
  return kSealedFront + size;
}

std::optional<Block> BlockCodec::decode(std::string_view bytes, std::uint64_t offset) const {
  if (!key_) return decode_block(bytes);
  const auto whole = size(bytes);
  if (!whole || bytes.size() < *whole) return std::nullopt;
  const auto block = open_item(*key_, bytes.substr(kSealedFront, *whole - kSealedFront),
                               {"recordings", context_, workspace_, conversation_, offset});
  if (!block) return std::nullopt;
  return decode_block(*block);
}

std::string BlockCodec::encode(std::string block, std::uint64_t offset) const {
  if (!key_) return block;
  CHECK(random_ != nullptr, "who writes has randomness");
  const std::string sealed = seal_item(
      *key_, 0, block, {"recordings", context_, workspace_, conversation_, offset}, *random_);
  std::string framed(kSealedMagic);
  put(framed, static_cast<std::uint32_t>(sealed.size()));
  framed += sealed;
  return framed;
}

std::string BlockCodec::encode_end(const RecordingIndex& index,
                                   const RecordingOutcome& outcome) const {
  if (!key_) return antiphon::encode_end(index, outcome, 0);
  constexpr std::size_t kMore = kSealedFront + kEnvelopeExtra + kEndMark;
  std::string framed = encode(antiphon::encode_end(index, outcome, kMore), index.byte_count);
  put(framed, static_cast<std::uint32_t>(framed.size() + kEndMark));
  framed += kSealedEndMagic;
  return framed;
}

std::optional<std::size_t> BlockCodec::end_size(std::string_view last) const {
  if (last.size() != kEndMark || !last.ends_with(key_ ? kSealedEndMagic : kPlainEndMagic)) {
    return std::nullopt;
  }
  const std::size_t size = number_at<std::uint32_t>(last, 0);
  const std::size_t more = key_ ? kSealedFront + kEnvelopeExtra + kEndMark : 0;
  if (size > kPayloadMax + kBlockHeader + more) return std::nullopt;
  return size;
}

}  // namespace antiphon
