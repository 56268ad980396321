#include "store/postgres/account_stores.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <utility>

namespace antiphon::store {

namespace {

#define INVITATION_COLUMNS \
  "id, email, role, " ANTIPHON_MICROS("expires_at") ", " ANTIPHON_MICROS(         \
      "accepted_at") ", " ANTIPHON_MICROS("revoked_at") ", created_by, "          \
                                                        ANTIPHON_MICROS("created_at")

Invitation read_invitation(const Rows& rows, std::size_t row) {
  return {InvitationId(rows.uuid(row, 0)),
          rows.string(row, 1),
          role_in_database(rows.view(row, 2)),
          rows.time(row, 3),
          optional_time(rows, row, 4),
          optional_time(rows, row, 5),
          rows.string(row, 6),
          rows.time(row, 7)};
}

class PostgresInvitations final : public InvitationStore {
 public:
  explicit PostgresInvitations(Pool& pool) : pool_(pool) {}

  Task<Result<Invitation>> create(Principal principal, Invitation invitation,
                                  std::string token_hash) override {
    const Parameter workspace = text(principal.workspace);
    const Parameter email = text(storable(invitation.email));
    std::vector<Statement> unit;
    unit.push_back(
        {"update public.invitations set revoked_at = now()"
         " where lower(email) = lower($1) and accepted_at is null"
         " and revoked_at is null and expires_at <= now()",
         {email}});
    unit.push_back(
        {"insert into public.invitations (id, workspace_id, email, role, token_hash)"
         " values ($1::uuid, $2::uuid, $3, $4, $5::bytea)"
         " returning " INVITATION_COLUMNS,
         {text(invitation.id), workspace, email, text(std::string(name_of(invitation.role))),
          bytes(token_hash)}});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    co_return read_invitation(rows->back(), 0);
  }

  Task<Result<Page<Invitation>>> list(Principal principal, PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [after_time, after_id] = cursor_parameters(*start);
    auto rows = co_await read(pool_, std::move(principal),
                              {"select " INVITATION_COLUMNS " from public.invitations"
                               " where workspace_id = (select public.current_workspace_id())"
                               " and ($1::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
                                   "$1") ", $2::uuid))"
                                         " order by created_at desc, id desc limit $3::integer",
                               {std::move(after_time), std::move(after_id),
                                integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    co_return to_page<Invitation>(
        *rows, page.limit,
        [](const Rows& all, std::size_t row) -> Result<Invitation> {
          return read_invitation(all, row);
        },
        [](const Invitation& invitation) { return invitation.created_at; });
  }

  Task<Result<Invitation>> renew(Principal principal, InvitationId id,
                                 std::string token_hash) override {
    const auto rows =
        co_await write(pool_, std::move(principal),
                       {"update public.invitations set token_hash = $2::bytea,"
                        " expires_at = now() + interval '7 days'"
                        " where id = $1::uuid and accepted_at is null and revoked_at is null"
                        " returning " INVITATION_COLUMNS,
                        {text(id), bytes(token_hash)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("open invitation");
    co_return read_invitation(*rows, 0);
  }

  Task<Result<>> revoke(Principal principal, InvitationId id) override {
    const auto rows = co_await write(pool_, std::move(principal),
                                     {"update public.invitations set revoked_at = now()"
                                      " where id = $1::uuid and accepted_at is null"
                                      " and revoked_at is null",
                                      {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("open invitation");
    co_return Result<>{};
  }

  Task<Result<Membership>> accept(Principal principal, std::string token_hash) override {
    auto rows =
        co_await write(pool_, std::move(principal),
                       {"select workspace_id, role from public.accept_invitation($1::bytea)",
                        {bytes(token_hash)}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    if (rows->empty()) co_return missing("invitation");
    co_return Membership{WorkspaceId(rows->uuid(0, 0)), role_in_database(rows->view(0, 1))};
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<InvitationStore> make_postgres_invitations(Pool& pool) {
  return std::make_unique<PostgresInvitations>(pool);
}

}  // namespace antiphon::store
