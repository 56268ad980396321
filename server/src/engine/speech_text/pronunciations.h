// The words of an agent's own dictionary, found in a text.
//
// Limits  a look-up costs at most one step per letter of the longest entry, however many there are.
#pragma once

#include "domain/agent.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::speech_text {

class Pronunciations {
 public:
  struct Found {
    std::size_t length = 0;  // bytes of the text
    std::string_view spoken;
  };

  explicit Pronunciations(std::span<const Pronunciation> entries);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // The longest entry that stands at `at`; of equal ones the first that was given.
  [[nodiscard]] std::optional<Found> find(std::string_view text, std::size_t at) const;

 private:
  struct Entry {
    std::string folded;  // lower case, single spaces
    std::string written;
    std::string spoken;
    bool whole_words = true;
    bool match_case = false;
    std::size_t place = 0;  // in the list that was given
  };

  [[nodiscard]] static bool stands(const Entry& entry, std::string_view text, std::size_t at);

  std::vector<Entry> entries_;  // sorted by `folded`
};

}  // namespace antiphon::speech_text
