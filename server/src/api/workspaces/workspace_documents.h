// What /api/workspaces and /api/workspace read and write.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/account.h"
#include "domain/role_description.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct WorkspaceInput {
  Text<1, 120> name;
  std::optional<Text<1, 63>> slug;
  static constexpr FieldNote kNotes[] = {
      {"slug", "Lower-case words joined by -, of nobody else; made from the name when left out."}};
};
BOOST_DESCRIBE_STRUCT(WorkspaceInput, (), (name, slug))

struct WorkspaceOutput {
  WorkspaceId id;
  std::string slug;
  std::string name;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
  static constexpr FieldNote kNotes[] = {
      {"revision", "Rises with every change; send it back as If-Match to change what you read."}};
};
BOOST_DESCRIBE_STRUCT(WorkspaceOutput, (), (id, slug, name, revision, created_at, updated_at))

struct OwnWorkspaceOutput {
  WorkspaceOutput workspace;
  Role role = Role::analyst;
  std::optional<WallTime> deleted_at;
  static constexpr FieldNote kNotes[] = {
      {"role", "Yours."}, {"deleted_at", "It can be restored by an owner within 14 days of it."}};
};
BOOST_DESCRIBE_STRUCT(OwnWorkspaceOutput, (), (workspace, role, deleted_at))

struct OwnWorkspaceList {
  std::vector<OwnWorkspaceOutput> items;
};
BOOST_DESCRIBE_STRUCT(OwnWorkspaceList, (), (items))

struct CurrentWorkspaceOutput {
  WorkspaceOutput workspace;
  Role role = Role::analyst;
  std::vector<std::string> scopes;
  static constexpr FieldNote kNotes[] = {{"role", "Of the key or person that asks."},
                                         {"scopes", "What the key or person may do here."}};
};
BOOST_DESCRIBE_STRUCT(CurrentWorkspaceOutput, (), (workspace, role, scopes))

}  // namespace antiphon
