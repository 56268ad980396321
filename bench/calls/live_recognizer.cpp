#include "live_recognizer.h"

#include "wire.h"

#include <cmath>

namespace calls {
namespace {

constexpr double kSpeechLevel = 250;
constexpr std::chrono::milliseconds kInterimAfter{200};

}  // namespace

double LiveRecognizer::level_of(std::string_view block) const {
  const std::size_t width = encoding_ == Encoding::mulaw ? 1 : 2;
  double energy = 0;
  for (std::size_t at = 0; at + width <= block.size(); at += width) {
    const auto low = static_cast<std::uint8_t>(block[at]);
    const double sample =
        width == 1 ? mulaw_samples()[low] : static_cast<std::int16_t>(low | block[at + 1] << 8);
    energy += sample * sample;
  }
  return std::sqrt(energy / static_cast<double>(block.size() / width));
}

bool LiveRecognizer::hear(std::string_view audio, Time now) {
  waiting_.append(audio);
  const std::size_t size = rate_ / 100 * (encoding_ == Encoding::mulaw ? 1 : 2);
  bool interim = false;
  std::size_t done = 0;
  for (; done + size <= waiting_.size(); done += size) {
    if (level_of(std::string_view(waiting_).substr(done, size)) <= kSpeechLevel) continue;
    if (!in_speech_) first_speech_ = now;
    in_speech_ = true;
    last_speech_ = now;
    if (!had_interim_ && now - first_speech_ > kInterimAfter) had_interim_ = interim = true;
  }
  waiting_.erase(0, done);
  return interim;
}

}  // namespace calls
