#include "store/postgres/account_stores.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <utility>

namespace antiphon::store {

namespace {

#define WORKSPACE_COLUMNS \
  "id, slug, name, revision, " ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS("updated_at")

Workspace read_workspace(const Rows& rows, std::size_t row) {
  return {WorkspaceId(rows.uuid(row, 0)),
          rows.string(row, 1),
          rows.string(row, 2),
          rows.number(row, 3),
          rows.time(row, 4),
          rows.time(row, 5)};
}

class PostgresWorkspaces final : public WorkspaceStore {
 public:
  explicit PostgresWorkspaces(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<OwnWorkspace>>> list(Uuid user) override {
    auto rows = co_await read(
        pool_, person_outside(user, "list own workspaces"),
        {"select workspace_id, slug, name, revision, " ANTIPHON_MICROS(
             "created_at") ", " ANTIPHON_MICROS("updated_at") ", role, " ANTIPHON_MICROS("deleted_"
                                                                                         "at") " fr"
                                                                                               "om "
                                                                                               "pub"
                                                                                               "lic"
                                                                                               ".li"
                                                                                               "st_"
                                                                                               "own"
                                                                                               "_wo"
                                                                                               "rks"
                                                                                               "pac"
                                                                                               "es("
                                                                                               ")",
         {}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::vector<OwnWorkspace> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      found.push_back({read_workspace(*rows, row), role_in_database(rows->view(row, 6)),
                       optional_time(*rows, row, 7)});
    }
    co_return found;
  }

  Task<Result<>> create(Principal principal, Workspace workspace) override {
    const auto rows = co_await write(
        pool_, std::move(principal),
        {"select public.create_workspace($1::uuid, $2, $3)",
         {text(workspace.id), text(storable(workspace.slug)), text(storable(workspace.name))}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return Result<>{};
  }

  Task<Result<Workspace>> find(Principal principal) override {
    auto rows =
        co_await read(pool_, std::move(principal),
                      {"select " WORKSPACE_COLUMNS
                       " from public.workspaces where id = (select public.current_workspace_id())",
                       {}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    if (rows->empty()) co_return missing("workspace");
    co_return read_workspace(*rows, 0);
  }

  Task<Result<Workspace>> save(Principal principal, Workspace workspace) override {
    auto rows = co_await write(
        pool_, std::move(principal),
        {"update public.workspaces set slug = $2, name = $3"
         " where id = (select public.current_workspace_id()) and revision = $1::integer"
         " returning " WORKSPACE_COLUMNS,
         {integer(workspace.revision), text(storable(workspace.slug)),
          text(storable(workspace.name))}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    if (rows->empty()) {
      co_return failure(ErrorCode::conflict, "the workspace changed since it was read");
    }
    co_return read_workspace(*rows, 0);
  }

  Task<Result<>> remove(Principal principal) override {
    const auto rows =
        co_await write(pool_, std::move(principal), {"select public.delete_workspace()", {}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return Result<>{};
  }

  Task<Result<>> restore(Principal principal, WorkspaceId workspace) override {
    const auto rows =
        co_await write(pool_, std::move(principal),
                       {"select public.restore_workspace($1::uuid)", {text(workspace)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (!rows->boolean(0, 0)) co_return missing("deleted workspace of yours");
    co_return Result<>{};
  }

 private:
  Pool& pool_;
};

class PostgresMembers final : public MemberStore {
 public:
  explicit PostgresMembers(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<Member>>> list(Principal principal) override {
    auto rows = co_await read(pool_, std::move(principal),
                              {"select user_id, email, role, " ANTIPHON_MICROS(
                                   "created_at") " from public.list_members()",
                               {}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::vector<Member> members;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      members.push_back({UserId(rows->uuid(row, 0)), rows->string(row, 1),
                         role_in_database(rows->view(row, 2)), rows->time(row, 3)});
    }
    co_return members;
  }

  Task<Result<>> set_role(Principal principal, UserId user, Role role) override {
    co_return changed(co_await write(pool_, std::move(principal),
                                     {"update public.workspace_members set role = $2"
                                      " where workspace_id = (select public.current_workspace_id())"
                                      " and user_id = $1::uuid",
                                      {text(user), text(std::string(name_of(role)))}}));
  }

  Task<Result<>> remove(Principal principal, UserId user) override {
    co_return changed(co_await write(pool_, std::move(principal),
                                     {"delete from public.workspace_members"
                                      " where workspace_id = (select public.current_workspace_id())"
                                      " and user_id = $1::uuid",
                                      {text(user)}}));
  }

 private:
  static Result<> changed(const Result<Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    if (rows->affected() == 0) return missing("member");
    return {};
  }

  Pool& pool_;
};

}  // namespace

std::unique_ptr<WorkspaceStore> make_postgres_workspaces(Pool& pool) {
  return std::make_unique<PostgresWorkspaces>(pool);
}

std::unique_ptr<MemberStore> make_postgres_members(Pool& pool) {
  return std::make_unique<PostgresMembers>(pool);
}

}  // namespace antiphon::store
