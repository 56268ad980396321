// What /api/secrets reads and writes. A value goes in and never comes out.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/secret.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// How agents, tools and trunks name a secret.
class SecretName {
 public:
  static constexpr std::size_t kLengthMin = 1;
  static constexpr std::size_t kLengthMax = 63;
  static constexpr std::string_view kRule =
      "must be 1 to 63 lower-case letters, digits, hyphens and underscores, a letter or digit "
      "first";

  SecretName() = default;
  [[nodiscard]] static Result<SecretName> make(std::string text);
  [[nodiscard]] const std::string& value() const { return value_; }

 private:
  std::string value_;
};

struct SecretPath {
  SecretName name;
};
BOOST_DESCRIBE_STRUCT(SecretPath, (), (name))

struct SecretInput {
  SecretKind kind = SecretKind::tool_secret;
  Text<1, 8'192> value;
  static constexpr FieldNote kNotes[] = {
      {"value", "Sealed at once; no answer ever holds it. At most 8,192 bytes."}};
};
BOOST_DESCRIBE_STRUCT(SecretInput, (), (kind, value))

struct SecretOutput {
  SecretId id;
  std::string name;
  SecretKind kind = SecretKind::tool_secret;
  std::optional<std::string> hint;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
  static constexpr FieldNote kNotes[] = {
      {"hint", "The last four characters; absent where the value is shorter than twelve."},
      {"revision", "Rises with every replacement."}};
};
BOOST_DESCRIBE_STRUCT(SecretOutput, (), (id, name, kind, hint, revision, created_at, updated_at))

struct SecretList {
  std::vector<SecretOutput> items;
  std::optional<std::string> next_cursor;
  static constexpr FieldNote kNotes[] = {{"next_cursor", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(SecretList, (), (items, next_cursor))

struct SecretListQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"cursor", "next_cursor of the page before."}};
};
BOOST_DESCRIBE_STRUCT(SecretListQuery, (), (limit, cursor))

}  // namespace antiphon
