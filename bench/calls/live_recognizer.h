// What one socket of the live recognizer hears: when speech began, and when it last sounded.
//
// Input   mu-law or 16-bit samples of any length; cut into blocks of 10 ms.
// Output  hear() says whether an interim text is due; final_due() when the final one is.
// Limits  one utterance at a time; it begins with a block over kSpeechLevel (root mean square).
// Thread  that of the providers' loop.
//
// The rule is an energy gate on purpose: whoever is measured gets the same text at the same time.
#pragma once

#include "samples.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace calls {

enum class Encoding : std::uint8_t { mulaw, linear16 };

class LiveRecognizer {
 public:
  LiveRecognizer(Encoding encoding, std::size_t rate, Clock::duration delay)
      : encoding_(encoding), rate_(rate), delay_(delay) {}

  // True once an utterance: kInterimAfter it began.
  bool hear(std::string_view audio, Time now);
  [[nodiscard]] bool is_speech() const { return in_speech_; }
  [[nodiscard]] bool had_interim() const { return had_interim_; }
  [[nodiscard]] Time final_due() const { return last_speech_ + delay_; }
  void end_utterance() { in_speech_ = had_interim_ = false; }

 private:
  [[nodiscard]] double level_of(std::string_view block) const;

  Encoding encoding_;
  std::size_t rate_;
  Clock::duration delay_;
  std::string waiting_;
  bool in_speech_ = false;
  bool had_interim_ = false;
  Time first_speech_{};
  Time last_speech_{};
};

}  // namespace calls
