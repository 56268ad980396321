// The JSON of secrets, apart from the routes: each file compiles within its time.
#include "api/secrets/secret_documents.h"
#include "json/codec.h"

#include <algorithm>

namespace antiphon {

ANTIPHON_JSON_CODEC(SecretPath)
ANTIPHON_JSON_CODEC(SecretInput)
ANTIPHON_JSON_CODEC(SecretOutput)
ANTIPHON_JSON_CODEC(SecretList)
ANTIPHON_JSON_CODEC(SecretListQuery)

Result<SecretName> SecretName::make(std::string text) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool valid =
      !text.empty() && text.size() <= kLengthMax && is_word(text.front()) &&
      std::ranges::all_of(text, [&is_word](char c) { return is_word(c) || c == '-' || c == '_'; });
  if (!valid) {
    return failure(ErrorCode::invalid_argument, std::string(kRule), {{"", std::string(kRule)}});
  }
  SecretName name;
  name.value_ = std::move(text);
  return name;
}

}  // namespace antiphon
