#include "providers/sounds.h"

#include "core/utf8.h"
#include "providers/flite_lock.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <string>

extern "C" {
#include <flite/flite.h>
cst_lexicon* cmu_lex_init(void);
}

namespace antiphon {

namespace {

enum class Manner : std::uint8_t { vowel, stop, affricate, fricative, nasal, approximant };

struct Phone {
  std::string_view name;
  Manner manner;
  std::uint8_t place;  // of two sounds of one manner, the same place means: only the voice differs
};

constexpr std::array kPhones{
    // Vowels; the same place is the same part of the mouth.
    Phone{"aa", Manner::vowel, 0}, Phone{"ao", Manner::vowel, 0}, Phone{"ah", Manner::vowel, 0},
    Phone{"ax", Manner::vowel, 0}, Phone{"aw", Manner::vowel, 0}, Phone{"ow", Manner::vowel, 0},
    Phone{"oy", Manner::vowel, 0}, Phone{"ae", Manner::vowel, 1}, Phone{"eh", Manner::vowel, 1},
    Phone{"ih", Manner::vowel, 1}, Phone{"iy", Manner::vowel, 1}, Phone{"ey", Manner::vowel, 1},
    Phone{"ay", Manner::vowel, 1}, Phone{"uh", Manner::vowel, 2}, Phone{"uw", Manner::vowel, 2},
    Phone{"er", Manner::vowel, 3},
    // Consonants.
    Phone{"p", Manner::stop, 0}, Phone{"b", Manner::stop, 0}, Phone{"t", Manner::stop, 1},
    Phone{"d", Manner::stop, 1}, Phone{"k", Manner::stop, 2}, Phone{"g", Manner::stop, 2},
    Phone{"ch", Manner::affricate, 0}, Phone{"jh", Manner::affricate, 0},
    Phone{"f", Manner::fricative, 0}, Phone{"v", Manner::fricative, 0},
    Phone{"th", Manner::fricative, 1}, Phone{"dh", Manner::fricative, 1},
    Phone{"s", Manner::fricative, 2}, Phone{"z", Manner::fricative, 2},
    Phone{"sh", Manner::fricative, 3}, Phone{"zh", Manner::fricative, 3},
    Phone{"hh", Manner::approximant, 0}, Phone{"m", Manner::nasal, 0}, Phone{"n", Manner::nasal, 1},
    Phone{"ng", Manner::nasal, 2}, Phone{"l", Manner::approximant, 1},
    Phone{"r", Manner::approximant, 2}, Phone{"w", Manner::approximant, 3},
    Phone{"y", Manner::approximant, 4}};

constexpr double kSamePlace = 0.3;
constexpr double kSameManner = 0.5;

double cost_of_taking(std::uint8_t left, std::uint8_t right) {
  if (left == right) return 0;
  if (kPhones[left].manner != kPhones[right].manner) return 1;
  return kPhones[left].place == kPhones[right].place ? kSamePlace : kSameManner;
}

double cost_of_losing(std::uint8_t phone) {
  // An approximant comes and goes most easily.
  return kPhones[phone].manner == Manner::approximant ? kSoundLostLeast : 1;
}

struct ListDeleter {
  void operator()(cst_val* list) const { delete_val(list); }
};

void append_word(Sounds& sounds, const cst_lexicon* lexicon, const std::string& word) {
  const std::unique_ptr<cst_val, ListDeleter> phones(
      lex_lookup(lexicon, word.c_str(), nullptr, nullptr));
  for (const cst_val* each = phones.get(); each != nullptr; each = val_cdr(each)) {
    std::string_view name = val_string(val_car(each));
    while (!name.empty() && std::isdigit(static_cast<unsigned char>(name.back())) != 0)
      name.remove_suffix(1);  // the stress
    const auto* const found = std::ranges::find(kPhones, name, &Phone::name);
    if (found == kPhones.end() || sounds.size() >= kSoundsMax) continue;
    sounds.push_back(static_cast<std::uint8_t>(found - kPhones.begin()));
  }
}

// Looking a word up only reads; making the lexicon writes what Piper's phonemes read.
const cst_lexicon* lexicon_of_words() {
  static const cst_lexicon* const lexicon = [] {
    const MutexLock lock(flite_lock());
    return cmu_lex_init();
  }();
  return lexicon;
}

bool is_letter(char character) { return std::isalpha(static_cast<unsigned char>(character)) != 0; }

}  // namespace

Sounds sounds_of(std::string_view text) {
  // Letter-to-sound rules recurse over a word.
  constexpr std::size_t kWordMax = 40;
  Sounds sounds;
  const std::string lower = to_lower_ascii(text);
  const cst_lexicon* const lexicon = lexicon_of_words();
  auto begin = lower.begin();
  while (begin != lower.end()) {
    begin = std::find_if(begin, lower.end(), is_letter);
    const auto end = std::find_if_not(begin, lower.end(), is_letter);
    const std::string word(begin, end);
    if (!word.empty() && word.size() <= kWordMax) append_word(sounds, lexicon, word);
    begin = end;
  }
  return sounds;
}

double sound_distance(const Sounds& left, const Sounds& right) {
  if (left.empty() || right.empty()) return left.empty() && right.empty() ? 0 : 1;
  std::array<double, kSoundsMax + 1> row{};
  const std::size_t width = std::min(right.size(), kSoundsMax);
  for (std::size_t column = 0; column < width; ++column)
    row[column + 1] = row[column] + cost_of_losing(right[column]);
  for (const std::uint8_t phone : left) {
    double diagonal = row[0];
    row[0] += cost_of_losing(phone);
    for (std::size_t column = 0; column < width; ++column) {
      const double taken = diagonal + cost_of_taking(phone, right[column]);
      diagonal = row[column + 1];
      row[column + 1] = std::min(
          {taken, row[column] + cost_of_losing(right[column]), diagonal + cost_of_losing(phone)});
    }
  }
  return row[width] / static_cast<double>(std::max(left.size(), width));
}

}  // namespace antiphon
