#include "providers/piper/phonemes.h"

#include "core/utf8.h"
#include "providers/flite_lock.h"
#include "providers/piper/clauses.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <span>
#include <utility>
#include <vector>

extern "C" {
#include <flite/flite.h>
void usenglish_init(cst_voice* voice);
cst_lexicon* cmu_lex_init(void);
}

namespace antiphon {

namespace {

constexpr std::size_t kWordMax = 40;

// Text made from another one: each byte knows the byte of the first text that it stands for.
struct DerivedText {
  std::string text;
  std::vector<std::size_t> origins;

  void append(std::string_view part, std::size_t origin) {
    text += part;
    origins.resize(text.size(), origin);
  }
};

struct Phone {
  std::string_view arpabet;
  std::u32string_view ipa;
};

// The ARPABET of the CMU lexicon in the IPA that espeak-ng, and so Piper's training data, uses for
// American English.
constexpr std::array kPhones{
    Phone{"aa", U"ɑː"}, Phone{"ae", U"æ"},  Phone{"ah", U"ʌ"},  Phone{"ao", U"ɔː"},
    Phone{"aw", U"aʊ"}, Phone{"ax", U"ə"},  Phone{"ay", U"aɪ"}, Phone{"b", U"b"},
    Phone{"ch", U"tʃ"}, Phone{"d", U"d"},   Phone{"dh", U"ð"},  Phone{"eh", U"ɛ"},
    Phone{"er", U"ɜː"}, Phone{"ey", U"eɪ"}, Phone{"f", U"f"},   Phone{"g", U"ɡ"},
    Phone{"hh", U"h"},  Phone{"ih", U"ɪ"},  Phone{"iy", U"iː"}, Phone{"jh", U"dʒ"},
    Phone{"k", U"k"},   Phone{"l", U"l"},   Phone{"m", U"m"},   Phone{"n", U"n"},
    Phone{"ng", U"ŋ"},  Phone{"ow", U"oʊ"}, Phone{"oy", U"ɔɪ"}, Phone{"p", U"p"},
    Phone{"r", U"ɹ"},   Phone{"s", U"s"},   Phone{"sh", U"ʃ"},  Phone{"t", U"t"},
    Phone{"th", U"θ"},  Phone{"uh", U"ʊ"},  Phone{"uw", U"uː"}, Phone{"v", U"v"},
    Phone{"w", U"w"},   Phone{"y", U"j"},   Phone{"z", U"z"},   Phone{"zh", U"ʒ"}};

// The lexicon stresses these as if each stood alone.
constexpr std::array<std::string_view, 38> kUnstressed{
    "a",   "an",  "the", "to", "of", "in",   "on", "at",   "for",  "and",  "or",    "but",  "is",
    "are", "was", "be",  "it", "as", "if",   "my", "your", "that", "than", "from",  "with", "can",
    "do",  "you", "me",  "i",  "we", "were", "by", "has",  "have", "our",  "their", "so"};

// Words whose lexicon entry is missing or wrong, respelled with ones that are right.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kRespelled{{
    {"wifi", "why fie"},
    {"ok", "okay"},
    {"antiphon", "anti fon"},
    {"email", "e mail"},
    {"gmail", "g mail"},
    {"etc", "et cetera"},
}};

struct UtteranceDeleter {
  void operator()(cst_utterance* utterance) const { delete_utterance(utterance); }
};
using Utterance = std::unique_ptr<cst_utterance, UtteranceDeleter>;

// flite's analysis without its voice: what it calls text-to-segments, and the lexicon's corrections
// after it.
class Analyser {
 public:
  Analyser() : voice_(make_voice()) {}

  Utterance analyse(const std::string& text) {
    static constexpr std::array<cst_synth_module, 7> kSteps{{
        {"tokenizer_func", default_tokenization},
        {"textanalysis_func", default_textanalysis},
        {"pos_tagger_func", default_pos_tagger},
        {"phrasing_func", default_phrasing},
        {"lexical_insertion_func", default_lexical_insertion},
        {"postlex_func", nullptr},
        {nullptr, nullptr},
    }};
    Utterance utterance(new_utterance());
    utt_init(utterance.get(), voice_);
    utt_set_input_text(utterance.get(), text.c_str());
    if (apply_synth_method(utterance.get(), kSteps.data()) == nullptr) return nullptr;
    return utterance;
  }

 private:
  static cst_voice* make_voice() {
    cst_voice* voice = new_voice();
    usenglish_init(voice);
    cst_lexicon* lexicon = cmu_lex_init();
    feat_set(voice->features, "lexicon", lexicon_val(lexicon));
    feat_set(voice->features, "postlex_func", uttfunc_val(lexicon->postlex));
    return voice;
  }

  cst_voice* voice_;  // flite has no way to free a lexicon: for the life of the process
};

std::string_view feature(const cst_item* item, const char* name) {
  return item != nullptr && item_feat_present(item, name) != 0
             ? std::string_view(item_feat_string(item, name))
             : std::string_view();
}

void append_phone(std::u32string& out, std::string_view phone, bool is_stressed) {
  const bool is_vowel = std::string_view("aeiou").contains(phone.front());
  if (is_vowel && is_stressed) out += U'ˈ';
  if (!is_stressed && phone == "er") {
    out += U'ɚ';
  } else if (!is_stressed && phone == "iy") {
    out += U'i';
  } else {
    const auto* const found = std::ranges::find(kPhones, phone, &Phone::arpabet);
    if (found != kPhones.end()) out += found->ipa;
  }
}

// Where flite's tokens stand in the text it was given, in its order.
class TokenPlaces {
 public:
  TokenPlaces(cst_utterance* utterance, std::string_view text) {
    std::size_t at = 0;
    for (const cst_item* token = relation_head(utt_relation(utterance, "Token")); token != nullptr;
         token = item_next(token)) {
      // A token is a part of the text, letter by letter; white space and punctuation lie between.
      const std::size_t found = text.find(feature(token, "name"), at);
      if (found != std::string_view::npos) at = found;
      places_.emplace_back(token, std::min(at, text.size() - 1));
      if (found != std::string_view::npos) at += feature(token, "name").size();
    }
  }

  // Of the token that `word` was read from; `otherwise` for one that has none.
  [[nodiscard]] std::size_t of(const cst_item* word, std::size_t otherwise) const {
    const cst_item* in_token = item_as(word, "Token");
    const cst_item* token = in_token == nullptr ? nullptr : item_parent(in_token);
    const auto found =
        std::ranges::find(places_, token, &std::pair<const cst_item*, std::size_t>::first);
    return found == places_.end() ? otherwise : found->second;
  }

 private:
  std::vector<std::pair<const cst_item*, std::size_t>> places_;
};

bool is_white(char letter) { return std::isspace(static_cast<unsigned char>(letter)) != 0; }

// The words that flite reads, as parts of the text that a caller gave. Several of them may come
// from one word of that text ("$3.50"): they are one.
class WordList {
 public:
  WordList(std::string_view text, Phonemes& out) : text_(text), out_(out) {}

  void begin(std::size_t place) {
    const std::size_t at = std::min(place, text_.size() - 1);
    PhonemeWord word{.text_begin = at, .text_end = at};
    while (word.text_begin > 0 && !is_white(text_[word.text_begin - 1]))
      --word.text_begin;
    while (word.text_end < text_.size() && !is_white(text_[word.text_end]))
      ++word.text_end;
    word.begin = out_.all.size();
    const bool goes_on = !out_.words.empty() && word.text_begin < out_.words.back().text_end;
    if (!goes_on && word.text_begin < word.text_end) out_.words.push_back(word);
  }
  void end() {
    if (!out_.words.empty()) out_.words.back().end = out_.all.size();
  }

 private:
  std::string_view text_;
  Phonemes& out_;
};

// Appends what flite reads in `clause`; false when that is nothing.
bool transcribe(cst_utterance* utterance, const DerivedText& clause, WordList& words,
                std::u32string& out) {
  const TokenPlaces places(utterance, clause.text);
  const std::size_t before = out.size();
  const cst_item* last_word = nullptr;
  std::size_t place = 0;
  cst_relation* const segments = utt_relation(utterance, "Segment");
  for (cst_item* segment = relation_head(segments); segment != nullptr;
       segment = item_next(segment)) {
    const std::string_view phone = feature(segment, "name");
    if (phone.empty() || phone == "pau") continue;
    const cst_item* in_syllable = item_as(segment, "SylStructure");
    const cst_item* syllable = in_syllable == nullptr ? nullptr : item_parent(in_syllable);
    const cst_item* word = syllable == nullptr ? nullptr : item_parent(syllable);
    if (word != nullptr && (last_word == nullptr || item_equal(word, last_word) == 0)) {
      if (!out.empty()) out += U' ';
      last_word = word;
      place = places.of(word, place);
      words.begin(clause.origins[place]);
    }
    const bool is_weak = std::ranges::count(kUnstressed, feature(word, "name")) > 0;
    append_phone(out, phone, !is_weak && feature(syllable, "stress") == "1");
    words.end();
  }
  return out.size() > before;
}

bool has_sound(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
         std::string_view("$%&+=@#").contains(letter);
}

char32_t punctuation_of(std::string_view clause) {
  const std::size_t last = clause.find_last_not_of(" \n\"')]}");
  const char end = last == std::string_view::npos ? '.' : clause[last];
  return std::string_view(",;:!?").contains(end) ? static_cast<char32_t>(end) : U'.';
}

// The words as flite can say them.
DerivedText prepared(std::string_view ascii, std::span<const std::size_t> origins) {
  DerivedText out;
  std::size_t at = 0;
  while (at < ascii.size()) {
    const std::size_t origin = origins[at];
    if (std::isalnum(static_cast<unsigned char>(ascii[at])) == 0) {
      out.append(ascii.substr(at++, 1), origin);
      continue;
    }
    const auto* const begin = ascii.data() + at;
    const auto* const end = std::find_if_not(begin, ascii.data() + ascii.size(), [](char letter) {
      return std::isalnum(static_cast<unsigned char>(letter)) != 0;
    });
    std::string_view word(begin, end);
    at += word.size();
    const std::string lower = to_lower_ascii(word);
    const auto* const respelled =
        std::ranges::find(kRespelled, lower, [](const auto& entry) { return entry.first; });
    if (respelled != kRespelled.end()) word = respelled->second;
    // Letter-to-sound rules recurse over a word; nobody hears the difference in one of 40 letters.
    for (; word.size() > kWordMax; word.remove_prefix(kWordMax)) {
      out.append(word.substr(0, kWordMax), origin);
      out.append(" ", origin);
    }
    out.append(word, origin);
  }
  return out;
}

DerivedText derived_ascii(std::string_view text) {
  // From U+00C0; a space where no plain letter stands for the sound.
  static constexpr std::string_view kLatin =
      "AAAAAAACEEEEIIIIDNOOOOO OUUUUYTsaaaaaaaceeeeiiiidnooooo ouuuuyty";
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kSigns{{
      {"‘", "'"},
      {"’", "'"},
      {"“", " "},
      {"”", " "},
      {"–", ", "},
      {"—", ", "},
      {"…", "."},
      {"€", " euros "},
      {"£", " pounds "},
      {"°", " degrees "},
  }};
  DerivedText out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text.substr(at)), 1);
    const std::string_view sequence = text.substr(at, length);
    const auto* const sign =
        std::ranges::find(kSigns, sequence, [](const auto& entry) { return entry.first; });
    const auto lead = static_cast<unsigned char>(sequence.front());
    if (sign != kSigns.end()) {
      out.append(sign->second, at);
    } else if (lead < 0x80) {
      out.append(lead < 0x20 || lead == 0x7F ? " " : sequence, at);
    } else if (length == 2 && lead == 0xC3) {
      out.append(kLatin.substr(static_cast<unsigned char>(sequence[1]) & 0x3FU, 1), at);
    } else {
      out.append(" ", at);
    }
    at += length;
  }
  return out;
}

}  // namespace

std::string speakable_ascii(std::string_view text) { return derived_ascii(text).text; }

Phonemes phonemes_and_words_of(std::string_view text) {
  const MutexLock lock(flite_lock());
  static Analyser analyser;
  const DerivedText ascii = derived_ascii(text);
  Phonemes out;
  WordList words(text, out);
  for (std::size_t at = 0; at < ascii.text.size();) {
    const std::string_view rest = std::string_view(ascii.text).substr(at);
    const std::string_view part = rest.substr(0, clause_length(rest));
    const DerivedText clause = prepared(part, std::span(ascii.origins).subspan(at, part.size()));
    at += part.size();
    if (std::ranges::none_of(clause.text, has_sound)) continue;
    const Utterance utterance = analyser.analyse(clause.text);
    if (utterance && transcribe(utterance.get(), clause, words, out.all)) {
      out.all += punctuation_of(clause.text);
    }
  }
  return out;
}

std::u32string phonemes_of(std::string_view text) { return phonemes_and_words_of(text).all; }

}  // namespace antiphon
