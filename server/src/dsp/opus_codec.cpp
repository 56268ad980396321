#include "dsp/opus_codec.h"

#include "core/check.h"

#include <opus/opus.h>

#include <algorithm>
#include <string>

namespace antiphon {

namespace {

constexpr int kRate = static_cast<int>(kEngineRate.value());
constexpr int kFrame = static_cast<int>(kFrameSamples.value());
constexpr int kBitRate = 28'000;
constexpr int kComplexity = 5;
constexpr int kLossBegins = 3;
constexpr int kLossEnds = 1;

const unsigned char* as_chars(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

void OpusSender::Free::operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }

OpusSender::OpusSender(OpusEncoder* encoder) : encoder_(encoder) { configure(0); }
OpusSender::OpusSender(OpusSender&&) noexcept = default;
OpusSender& OpusSender::operator=(OpusSender&&) noexcept = default;
OpusSender::~OpusSender() = default;

Result<OpusSender> OpusSender::make() {
  int error = OPUS_OK;
  OpusEncoder* const encoder =
      opus_encoder_create(kRate, 1, OPUS_APPLICATION_RESTRICTED_LOWDELAY, &error);
  if (encoder == nullptr) {
    return failure(ErrorCode::internal, std::string("libopus: ") + opus_strerror(error));
  }
  return OpusSender(encoder);
}

// The application of an encoder that has begun cannot change: it begins anew, in the same memory.
void OpusSender::configure(int loss_percent) {
  const int application =
      repairs_loss_ ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_RESTRICTED_LOWDELAY;
  CHECK(opus_encoder_init(encoder_.get(), kRate, 1, application) == OPUS_OK,
        "libopus knows 16 kHz mono");
  opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(kBitRate));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(kComplexity));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_INBAND_FEC(repairs_loss_ ? 1 : 0));
  opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(loss_percent));
}

void OpusSender::expect_loss(int percent) {
  const bool wanted = percent >= (repairs_loss_ ? kLossEnds : kLossBegins);
  if (wanted != repairs_loss_) {
    repairs_loss_ = wanted;
    configure(percent);
  } else if (wanted) {
    opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(percent));
  }
}

std::size_t OpusSender::encode(std::span<const Sample, kFrameSamples.value()> frame,
                               std::span<std::byte, kOpusPacketMax> into) {
  const int size = opus_encode(encoder_.get(), frame.data(), kFrame,
                               reinterpret_cast<unsigned char*>(into.data()),
                               static_cast<opus_int32>(into.size()));
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

void OpusReceiver::Free::operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }

OpusReceiver::OpusReceiver(OpusDecoder* decoder) : decoder_(decoder) {}
OpusReceiver::OpusReceiver(OpusReceiver&&) noexcept = default;
OpusReceiver& OpusReceiver::operator=(OpusReceiver&&) noexcept = default;
OpusReceiver::~OpusReceiver() = default;

Result<OpusReceiver> OpusReceiver::make() {
  int error = OPUS_OK;
  OpusDecoder* const decoder = opus_decoder_create(kRate, 1, &error);
  if (decoder == nullptr) {
    return failure(ErrorCode::internal, std::string("libopus: ") + opus_strerror(error));
  }
  return OpusReceiver(decoder);
}

Result<std::span<const Sample>> OpusReceiver::decode(std::span<const std::byte> packet) {
  const int count =
      packet.empty()
          ? OPUS_INVALID_PACKET
          : opus_decode(decoder_.get(), as_chars(packet), static_cast<opus_int32>(packet.size()),
                        samples_.data(), static_cast<int>(samples_.size()), 0);
  if (count <= 0) return failure(ErrorCode::corrupt, "a packet that is not Opus");
  return std::span<const Sample>(samples_).first(static_cast<std::size_t>(count));
}

std::span<const Sample> OpusReceiver::conceal(std::span<const std::byte> successor) {
  const bool has_copy = !successor.empty();
  int count = opus_decode(decoder_.get(), has_copy ? as_chars(successor) : nullptr,
                          static_cast<opus_int32>(successor.size()), samples_.data(), kFrame,
                          has_copy ? 1 : 0);
  if (count <= 0) count = opus_decode(decoder_.get(), nullptr, 0, samples_.data(), kFrame, 0);
  return std::span<const Sample>(samples_).first(static_cast<std::size_t>(std::max(count, 0)));
}

}  // namespace antiphon
