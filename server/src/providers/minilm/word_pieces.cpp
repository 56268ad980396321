#include "providers/minilm/word_pieces.h"

#include "core/utf8.h"
#include "providers/minilm/letter_folding.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace antiphon {

namespace {

namespace json = boost::json;

constexpr std::size_t kWordMax = 100;  // code points; a longer word is unknown
constexpr std::string_view kContinues = "##";

char32_t code_point(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence.front());
  if (sequence.size() == 1) return lead;
  char32_t value = lead & (0xFFU >> (sequence.size() + 1));
  for (const char next : sequence.substr(1)) {
    value = (value << 6) | (static_cast<unsigned char>(next) & 0x3FU);
  }
  return value;
}

void append_utf8(std::string& out, char32_t letter) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (letter < 0x80) {
    put(letter);
  } else if (letter < 0x800) {
    put(0xC0 | (letter >> 6));
    put(0x80 | (letter & 0x3F));
  } else if (letter < 0x10000) {
    put(0xE0 | (letter >> 12));
    put(0x80 | ((letter >> 6) & 0x3F));
    put(0x80 | (letter & 0x3F));
  } else {
    put(0xF0 | (letter >> 18));
    put(0x80 | ((letter >> 12) & 0x3F));
    put(0x80 | ((letter >> 6) & 0x3F));
    put(0x80 | (letter & 0x3F));
  }
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&words, &word] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(sequence.size());
    if (length == 0) continue;
    const char32_t letter = code_point(sequence);
    if (is_space(letter)) {
      end_word();
    } else if (is_punctuation(letter) || is_chinese(letter)) {
      end_word();
      words.emplace_back(sequence);
    } else if (!is_control(letter) && !is_combining_mark(letter)) {
      append_utf8(word, folded_letter(letter));
    }
  }
  end_word();
  return words;
}

Error unreadable() {
  return {ErrorCode::corrupt, "the model minilm/tokenizer.json is no WordPiece tokenizer"};
}

}  // namespace

Result<WordPieces> WordPieces::read(const std::filesystem::path& tokenizer_json) {
  std::ifstream in(tokenizer_json, std::ios::binary);
  if (!in) {
    return failure(ErrorCode::not_found,
                   "the model minilm/tokenizer.json is missing: run tools/fetch-models");
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (error) return std::unexpected(unreadable());
  const json::value* const vocabulary = document.find_pointer("/model/vocab", error);
  if (vocabulary == nullptr || !vocabulary->is_object()) return std::unexpected(unreadable());
  WordPieces pieces;
  for (const auto& entry : vocabulary->get_object()) {
    if (!entry.value().is_int64()) return std::unexpected(unreadable());
    pieces.vocabulary_.emplace(entry.key(), entry.value().get_int64());
  }
  for (const auto& [name, id] :
       {std::pair("[CLS]", &pieces.begin_), {"[SEP]", &pieces.end_}, {"[UNK]", &pieces.unknown_}}) {
    const auto found = pieces.vocabulary_.find(name);
    if (found == pieces.vocabulary_.end()) return std::unexpected(unreadable());
    *id = found->second;
  }
  return pieces;
}

std::vector<std::int64_t> WordPieces::encode(std::string_view text, std::size_t limit) const {
  std::vector<std::int64_t> ids{begin_};
  for (const std::string& word : words_of(text)) {
    append_word(word, ids);
    if (ids.size() >= limit) break;
  }
  if (ids.size() > limit - 1) ids.resize(limit - 1);
  ids.push_back(end_);
  return ids;
}

// The longest known beginning, again and again; one unknown part makes the whole word unknown.
void WordPieces::append_word(std::string_view word, std::vector<std::int64_t>& ids) const {
  std::vector<std::int64_t> found;
  const bool is_long = utf8_length(word) > kWordMax;
  std::size_t at = 0;
  std::string piece;
  while (at < word.size() && !is_long) {
    std::size_t length = word.size() - at;
    auto entry = vocabulary_.end();
    for (; length > 0 && entry == vocabulary_.end(); --length) {
      piece = at == 0 ? std::string() : std::string(kContinues);
      piece += word.substr(at, length);
      entry = vocabulary_.find(piece);
      if (entry != vocabulary_.end()) break;
    }
    if (entry == vocabulary_.end()) break;
    found.push_back(entry->second);
    at += length;
  }
  if (at < word.size()) {
    ids.push_back(unknown_);
  } else {
    ids.insert(ids.end(), found.begin(), found.end());
  }
}

}  // namespace antiphon
