// BERT's WordPiece tokenizer, uncased, from a tokenizer.json.
//
// Output  the ids between [CLS] and [SEP], at most `limit` of all; malformed UTF-8 is skipped.
// Limits  accents and capitals of Latin, Greek and Cyrillic are folded; Chinese characters stand
//         alone.
// Errors  read(): not_found, corrupt.
// Thread  any number at once.
// Source  Devlin et al. 2018; Hugging Face tokenizers: BertNormalizer, BertPreTokenizer, WordPiece.
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace antiphon {

class WordPieces {
 public:
  static Result<WordPieces> read(const std::filesystem::path& tokenizer_json);

  [[nodiscard]] std::vector<std::int64_t> encode(std::string_view text, std::size_t limit) const;

 private:
  void append_word(std::string_view word, std::vector<std::int64_t>& ids) const;

  std::unordered_map<std::string, std::int64_t> vocabulary_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::int64_t unknown_ = 0;
};

}  // namespace antiphon
