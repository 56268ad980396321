#include "providers/piper/phonemes.h"

#include "core/mutex.h"
#include "core/utf8.h"
#include "providers/piper/clauses.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
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

std::u32string transcribe(cst_utterance* utterance) {
  std::u32string out;
  const cst_item* last_word = nullptr;
  cst_relation* const segments = utt_relation(utterance, "Segment");
  for (cst_item* segment = relation_head(segments); segment != nullptr;
       segment = item_next(segment)) {
    const std::string_view phone = feature(segment, "name");
    if (phone.empty() || phone == "pau") continue;
    const cst_item* in_syllable = item_as(segment, "SylStructure");
    const cst_item* syllable = in_syllable == nullptr ? nullptr : item_parent(in_syllable);
    const cst_item* word = syllable == nullptr ? nullptr : item_parent(syllable);
    if (word != nullptr) {
      if (last_word != nullptr && item_equal(word, last_word) == 0) out += U' ';
      last_word = word;
    }
    const bool is_weak = std::ranges::count(kUnstressed, feature(word, "name")) > 0;
    append_phone(out, phone, !is_weak && feature(syllable, "stress") == "1");
  }
  return out;
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
std::string prepared(std::string_view ascii) {
  std::string out;
  std::size_t at = 0;
  while (at < ascii.size()) {
    if (std::isalnum(static_cast<unsigned char>(ascii[at])) == 0) {
      out += ascii[at++];
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
      out.append(word.substr(0, kWordMax)).append(" ");
    }
    out += word;
  }
  return out;
}

}  // namespace

std::string speakable_ascii(std::string_view text) {
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
  std::string out;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text), 1);
    const std::string_view sequence = text.substr(0, length);
    text.remove_prefix(length);
    const auto* const sign =
        std::ranges::find(kSigns, sequence, [](const auto& entry) { return entry.first; });
    const auto lead = static_cast<unsigned char>(sequence.front());
    if (sign != kSigns.end()) {
      out += sign->second;
    } else if (lead < 0x80) {
      out += lead < 0x20 || lead == 0x7F ? ' ' : sequence.front();
    } else if (length == 2 && lead == 0xC3) {
      out += kLatin[static_cast<unsigned char>(sequence[1]) & 0x3F];
    } else {
      out += ' ';
    }
  }
  return out;
}

std::u32string phonemes_of(std::string_view text) {
  static Mutex mutex;
  // Initialisation and analysis of flite keep static state.
  const MutexLock lock(mutex);
  static Analyser analyser;
  const std::string ascii = speakable_ascii(text);
  std::string_view rest = ascii;
  std::u32string out;
  while (!rest.empty()) {
    const std::string_view clause = rest.substr(0, clause_length(rest));
    rest.remove_prefix(clause.size());
    const std::string words = prepared(clause);
    if (std::ranges::none_of(words, has_sound)) continue;
    const Utterance utterance = analyser.analyse(words);
    const std::u32string spoken = utterance ? transcribe(utterance.get()) : std::u32string();
    if (spoken.empty()) continue;
    if (!out.empty()) out += U' ';
    out.append(spoken) += punctuation_of(words);
  }
  return out;
}

}  // namespace antiphon
