// What was looked up, for a moment: bounded in time and in number.
//
// Limits  kEntriesMax entries. When full, what is too old goes first, then everything: the next
//         look-ups are asked again, none is answered wrongly.
// Thread  one.
#pragma once

#include "core/clock.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace antiphon {

template <class Value>
class ShortMemory {
 public:
  static constexpr std::size_t kEntriesMax = 10'000;

  // Null when unknown or too old. Valid until the next change.
  [[nodiscard]] const Value* find(std::string_view key, Timepoint now) const {
    const auto entry = entries_.find(key);
    return entry != entries_.end() && now < entry->second.until ? &entry->second.value : nullptr;
  }
  void put(std::string key, Value value, Timepoint now, Timepoint until) {
    if (entries_.size() >= kEntriesMax) {
      std::erase_if(entries_, [now](const auto& entry) { return entry.second.until <= now; });
      if (entries_.size() >= kEntriesMax) entries_.clear();
    }
    entries_.insert_or_assign(std::move(key), Entry{std::move(value), until});
  }
  void forget(std::string_view key) {
    if (const auto entry = entries_.find(key); entry != entries_.end()) entries_.erase(entry);
  }
  template <class Predicate>
  void forget_if(Predicate predicate) {
    std::erase_if(entries_, [&](const auto& entry) { return predicate(entry.second.value); });
  }
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    Value value;
    Timepoint until;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
};

}  // namespace antiphon
