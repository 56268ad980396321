#include "store/postgres/account_stores.h"

#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <utility>

namespace antiphon::store {

namespace {

class PostgresMemberships final : public MembershipStore {
 public:
  explicit PostgresMemberships(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<Membership>>> memberships_of(Uuid user) override {
    auto rows = co_await read(
        pool_, person_outside(user, "find memberships"),
        {"select workspace_id, role from public.find_memberships($1::uuid)", {text(user)}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::vector<Membership> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
      found.push_back({WorkspaceId(rows->uuid(row, 0)), role_in_database(rows->view(row, 1))});
    co_return found;
  }

 private:
  Pool& pool_;
};

std::optional<WorkspaceId> workspace_in(const Rows& rows, std::size_t row, int column) {
  const auto id = rows.optional_uuid(row, column);
  return id ? std::optional(WorkspaceId(*id)) : std::nullopt;
}

class PostgresStudioSessions final : public StudioSessionStore {
 public:
  explicit PostgresStudioSessions(Pool& pool) : pool_(pool) {}

  Task<Result<StudioSession>> create(StudioSession session, std::string hash) override {
    auto rows = co_await write(
        pool_, person_outside(session.user, "begin a session"),
        {"select " ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS("expires_at")  //
         " from public.create_studio_session($1::uuid, $2::uuid, $3::bytea, $4, $5, $6::uuid)",
         {text(session.id), text(session.user), bytes(hash), text(storable(session.address)),
          text(storable(session.agent)), optional_id(session.sign_in.value_or(Uuid{}))}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    session.created_at = rows->time(0, 0);
    session.last_seen_at = session.created_at;
    session.expires_at = rows->time(0, 1);
    co_return session;
  }

  Task<Result<StudioSession>> find_by_hash(std::string hash) override {
    auto rows =
        co_await read(pool_, person_outside(Uuid{}, "find a session"),
                      {"select session_id, user_id, email, workspace_id, address, agent, "  //
                       ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS("last_seen_at")   //
                       ", " ANTIPHON_MICROS("expires_at")                                   //
                       ", sign_in from public.find_studio_session($1::bytea)",
                       {bytes(hash)}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    if (rows->empty()) co_return missing("session");
    co_return StudioSession{rows->uuid(0, 0),          rows->uuid(0, 1),   rows->string(0, 2),
                            workspace_in(*rows, 0, 3), rows->string(0, 4), rows->string(0, 5),
                            rows->time(0, 6),          rows->time(0, 7),   rows->time(0, 8),
                            rows->optional_uuid(0, 9)};
  }

  Task<Result<std::vector<StudioSession>>> list(Uuid user) override {
    auto rows =
        co_await read(pool_, person_outside(user, "list sessions"),
                      {"select session_id, workspace_id, address, agent, "                 //
                       ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS("last_seen_at")  //
                       ", " ANTIPHON_MICROS("expires_at")                                  //
                       ", sign_in from public.list_studio_sessions($1::uuid)",
                       {text(user)}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::vector<StudioSession> sessions;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      sessions.push_back({rows->uuid(row, 0), user, "", workspace_in(*rows, row, 1),
                          rows->string(row, 2), rows->string(row, 3), rows->time(row, 4),
                          rows->time(row, 5), rows->time(row, 6), rows->optional_uuid(row, 7)});
    }
    co_return sessions;
  }

  Task<Result<>> end(Uuid user, Uuid session) override {
    co_return done(co_await write(
        pool_, person_outside(user, "end a session"),
        {"select public.end_studio_session($1::uuid, $2::uuid)", {text(user), text(session)}}));
  }

  Task<Result<>> switch_to(Uuid user, Uuid session, WorkspaceId workspace) override {
    co_return done(
        co_await write(pool_, person_outside(user, "switch the workspace"),
                       {"select public.switch_studio_session($1::uuid, $2::uuid, $3::uuid)",
                        {text(user), text(session), text(workspace)}}));
  }

 private:
  static Result<> done(const Result<Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    if (!rows->boolean(0, 0)) return missing("session or workspace");
    return {};
  }

  Pool& pool_;
};

}  // namespace

PostgresAccounts::PostgresAccounts(Pool& pool)
    : memberships_(std::make_unique<PostgresMemberships>(pool)),
      sessions_(std::make_unique<PostgresStudioSessions>(pool)),
      workspaces_(make_postgres_workspaces(pool)),
      members_(make_postgres_members(pool)),
      invitations_(make_postgres_invitations(pool)),
      keys_(make_postgres_api_key_registry(pool)),
      audit_(make_postgres_audit(pool)) {}

PostgresAccounts::~PostgresAccounts() = default;

}  // namespace antiphon::store
