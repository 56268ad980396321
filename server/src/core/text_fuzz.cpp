// Round trips of the text codecs: what decodes encodes to the same text, what was encoded decodes
// to the same bytes.
#include "core/base64.h"
#include "core/check.h"
#include "core/log.h"
#include "core/utf8.h"
#include "core/uuid.h"

#include <algorithm>
#include <string>

using namespace antiphon;

namespace {

void check_base64(std::string_view text, std::span<const std::byte> bytes) {
  if (const auto decoded = base64_decode(text)) {
    CHECK(base64_encode(*decoded) == text, "only the canonical form is accepted");
  }
  if (const auto decoded = base64url_decode(text)) {
    CHECK(base64url_encode(*decoded) == text, "only the canonical form is accepted");
  }
  const auto standard = base64_decode(base64_encode(bytes));
  CHECK(standard && std::ranges::equal(*standard, bytes), "encoding loses nothing");
  const auto url = base64url_decode(base64url_encode(bytes));
  CHECK(url && std::ranges::equal(*url, bytes), "encoding loses nothing");
}

void check_uuid(std::string_view text) {
  const auto uuid = Uuid::parse(text);
  if (!uuid) return;
  CHECK(uuid->to_string() == to_lower_ascii(text), "parsing loses nothing but the case");
}

void check_utf8(std::string_view text) {
  const std::size_t length = utf8_length(text);
  CHECK(length <= text.size(), "a code point takes at least one byte");
  CHECK(utf8_prefix(text, length) == text, "all code points are the whole text");
  const std::string_view half = utf8_prefix(text, length / 2);
  CHECK(utf8_length(half) == length / 2, "a prefix has as many code points as were asked for");
  if (is_valid_utf8(text)) CHECK(is_valid_utf8(half), "a prefix ends between code points");
  std::string quoted;
  append_json_string(quoted, text);
  CHECK(is_valid_utf8(quoted), "what is logged is UTF-8 whatever came in");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  std::string text(size, '\0');
  std::ranges::transform(bytes, text.begin(),
                         [](std::byte byte) { return static_cast<char>(byte); });
  check_base64(text, bytes);
  check_uuid(text);
  check_utf8(text);
  return 0;
}
