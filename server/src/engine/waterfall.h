// Where the time of one reply went, each step measured on the session's clock from the caller's
// last sound.
//
// A step is taken once; a later one of the same kind changes nothing. Plain stamps: fit for the
// tick.
// Thread  owned by one session.
#pragma once

#include "core/clock.h"
#include "domain/conversation.h"
#include "engine/text_object.h"

#include <cstdint>
#include <optional>

namespace antiphon {

class Waterfall {
 public:
  enum class Step : std::uint8_t {
    turn_ended,
    transcript_final,
    first_text,
    first_audio_ready,
    first_audio_sent
  };

  // The caller's last sound; a new reply begins.
  void begin(Timepoint speech_end) noexcept;
  // No caller's speech stands behind the next reply.
  void clear() noexcept { speech_end_.reset(); }
  void stamp(Step step, Timepoint now) noexcept;
  // The steps of a reply that was begun before it was known to be one.
  void take_over(const Waterfall& earlier) noexcept;

  [[nodiscard]] std::optional<ReplyLatency> latency() const;
  [[nodiscard]] static TextObject fields(const ReplyLatency& latency);

 private:
  [[nodiscard]] std::optional<Milliseconds> since(Step step) const;

  std::optional<Timepoint> speech_end_;
  std::optional<Timepoint> steps_[5];
};

}  // namespace antiphon
