// What /api/keys reads and writes.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/account.h"
#include "domain/role_description.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

using ScopeNames = List<Text<1, 64>, 64>;

struct KeyInput {
  Text<1, 120> name;
  Role role = Role::analyst;
  ScopeNames scopes;
  std::optional<WallTime> expires_at;
  static constexpr std::string_view kOptionalFields[] = {"scopes"};
  static constexpr FieldNote kNotes[] = {
      {"role", "The most the key may do; not more than you may. It stays."},
      {"scopes",
       "What of its role the key may use, as in GET /api/workspace. Empty: all of it, "
       "or all that you may use yourself."},
      {"expires_at", "Never, when left out."}};
};
BOOST_DESCRIBE_STRUCT(KeyInput, (), (name, role, scopes, expires_at))

struct KeyChange {
  Text<1, 120> name;
  ScopeNames scopes;
  std::optional<WallTime> expires_at;
  static constexpr std::string_view kOptionalFields[] = {"scopes"};
};
BOOST_DESCRIBE_STRUCT(KeyChange, (), (name, scopes, expires_at))

struct KeyOutput {
  ApiKeyId id;
  std::string name;
  std::string prefix;
  Role role = Role::analyst;
  std::vector<std::string> scopes;
  std::optional<WallTime> expires_at;
  std::optional<WallTime> revoked_at;
  std::optional<WallTime> last_used_at;
  std::string created_by;
  WallTime created_at{};
  static constexpr FieldNote kNotes[] = {{"prefix", "How the key begins, to recognise it by."},
                                         {"scopes", "Empty: all that the role holds."},
                                         {"last_used_at", "To the minute; absent: never."}};
};
BOOST_DESCRIBE_STRUCT(KeyOutput, (),
                      (id, name, prefix, role, scopes, expires_at, revoked_at, last_used_at,
                       created_by, created_at))

struct NewKeyOutput {
  KeyOutput details;
  std::string key;
  static constexpr FieldNote kNotes[] = {
      {"key", "The key itself. It is shown here and never again."}};
};
BOOST_DESCRIBE_STRUCT(NewKeyOutput, (), (details, key))

struct KeyList {
  std::vector<KeyOutput> items;
  std::optional<std::string> next_cursor;
  static constexpr FieldNote kNotes[] = {{"next_cursor", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(KeyList, (), (items, next_cursor))

}  // namespace antiphon
