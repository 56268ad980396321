// Which words say "I am listening" and which want the turn.
//
// English words of agreement are known; an agent may name more of its own ("aye", "jawohl").
// Thread  wording_of() any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class Wording : std::uint8_t {
  none,
  backchannel,
  beginning,  // may become one with the next word: "I" of "I see"
  words,
};

class Backchannels {
 public:
  // Phrases beyond the known ones, as a person writes them.
  explicit Backchannels(const std::vector<std::string>& more = {});

  // "uh-huh", "okay", "I see": the listener listens. Anything else with a letter in it is words.
  [[nodiscard]] Wording wording_of(std::string_view text) const;

 private:
  std::vector<std::vector<std::string>> phrases_;
};

}  // namespace antiphon
