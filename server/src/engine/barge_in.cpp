#include "engine/barge_in.h"

#include "engine/speech_segment.h"
#include "engine/words.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, 40> kBackchannels{
    "ah",    "aha",   "alright", "absolutely", "cool",  "exactly", "fine", "good",
    "great", "ha",    "hm",      "hmm",        "huh",   "indeed",  "mhm",  "mm",
    "mmm",   "mmhmm", "nice",    "oh",         "ok",    "okay",    "ooh",  "really",
    "right", "sure",  "true",    "uh",         "uhhuh", "um",      "wow",  "yeah",
    "yep",   "yes",   "yup",     "mmkay",      "oki",   "perfect", "yea",  "interesting"};
constexpr std::array<std::array<std::string_view, 2>, 8> kBackchannelPairs{{{"i", "see"},
                                                                            {"got", "it"},
                                                                            {"of", "course"},
                                                                            {"all", "right"},
                                                                            {"go", "on"},
                                                                            {"makes", "sense"},
                                                                            {"i", "know"},
                                                                            {"that's", "right"}}};
constexpr std::size_t kBackchannelWordsMax = 4;
// Half a window: three windows of 32 ms are "about 100 ms".
constexpr Duration kRounding = SpeechSegment::kWindow / 2;

bool is_pair(const std::string& first, const std::string& second) {
  return std::ranges::any_of(
      kBackchannelPairs, [&](const auto& pair) { return pair[0] == first && pair[1] == second; });
}

}  // namespace

Wording wording_of(std::string_view text) {
  const std::vector<std::string> words = words_of(text);
  if (words.empty()) return Wording::none;
  if (words.size() > kBackchannelWordsMax) return Wording::words;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (std::ranges::find(kBackchannels, words[at]) != kBackchannels.end()) continue;
    if (at + 1 == words.size() || !is_pair(words[at], words[at + 1])) return Wording::words;
    ++at;
  }
  return Wording::backchannel;
}

BargeIn::Decision BargeIn::decide(Duration voiced, Duration quiet, Timepoint now) const noexcept {
  if (wording_ == Wording::words) return Decision::stop;
  const bool over = quiet >= kQuietAgain;
  if (stage_ == Stage::resumed) return Decision::none;
  if (over && voiced + kRounding < timing_.stop_after) return Decision::resume;
  if (over && wording_ == Wording::backchannel) return Decision::resume;
  if (now - paused_at_ < kDecideWithin) return Decision::none;
  if (wording_ == Wording::backchannel) return Decision::resume;
  const bool long_speech = voiced + kRounding >= 2 * timing_.stop_after;
  return long_speech || !over ? Decision::stop : Decision::resume;
}

BargeIn::Decision BargeIn::update(Duration voiced, Duration quiet, Timepoint now) noexcept {
  if (stage_ == Stage::idle) {
    if (voiced + kRounding < timing_.pause_after) return Decision::none;
    stage_ = Stage::paused;
    wording_ = Wording::none;
    paused_at_ = now;
    return Decision::pause;
  }
  const Decision decision = decide(voiced, quiet, now);
  if (decision == Decision::resume) stage_ = Stage::resumed;
  return decision;
}

void BargeIn::words(std::string_view text) {
  // Words of the turn that was answered are no comment on the answer.
  if (stage_ != Stage::idle) wording_ = wording_of(text);
}

void BargeIn::reset() noexcept {
  stage_ = Stage::idle;
  wording_ = Wording::none;
}

}  // namespace antiphon
