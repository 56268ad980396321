#include "store/cursor.h"

#include "core/base64.h"

#include <charconv>
#include <span>

namespace antiphon::store {

Microtime to_microtime(WallTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

std::string encode_cursor(const Cursor& cursor) {
  const std::string plain =
      std::to_string(cursor.time.time_since_epoch().count()) + '/' + cursor.id.to_string();
  return base64url_encode(std::as_bytes(std::span(plain)));
}

Result<Cursor> decode_cursor(std::string_view text) {
  const auto wrong = [] {
    return failure(ErrorCode::invalid_argument, "this is no cursor of this list",
                   {{"/cursor", "must be a cursor that the list returned"}});
  };
  const auto bytes = base64url_decode(text);
  if (!bytes) return wrong();
  std::string plain;
  for (const std::byte byte : *bytes)
    plain.push_back(static_cast<char>(byte));
  const std::size_t slash = plain.find('/');
  if (slash == std::string::npos) return wrong();
  std::int64_t micros = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + slash, micros);
  const auto id = Uuid::parse(std::string_view(plain).substr(slash + 1));
  if (error != std::errc{} || end != plain.data() + slash || !id) return wrong();
  return Cursor{Microtime(std::chrono::microseconds(micros)), *id};
}

Result<std::optional<Cursor>> start_of(const PageRequest& page) {
  if (page.limit < 1 || page.limit > kPageLimitMax) {
    return failure(ErrorCode::invalid_argument, "a page holds 1 to 200 items",
                   {{"/limit", "must be between 1 and 200"}});
  }
  if (page.cursor.empty()) return std::optional<Cursor>{};
  auto cursor = decode_cursor(page.cursor);
  if (!cursor) return std::unexpected(std::move(cursor.error()));
  return std::optional<Cursor>(*cursor);
}

}  // namespace antiphon::store
