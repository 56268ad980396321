#include "store/postgres/auth.h"

#include "store/postgres/rows.h"

#include <array>

namespace antiphon::store {

namespace {

Principal nobody() { return {PrincipalKind::system, Uuid{}, WorkspaceId{}, Role::analyst, "auth"}; }

Account account_of(const Rows& rows) {
  return {.id = rows.uuid(0, 0),
          .email = rows.string(0, 1),
          .password_hash = Sensitive(rows.string(0, 2)),
          .confirmed = rows.boolean(0, 3),
          .invited = rows.boolean(0, 4),
          .banned_until = optional_time(rows, 0, 5),
          .confirmation_token = rows.string(0, 6),
          .confirmation_sent = optional_time(rows, 0, 7),
          .recovery_token = rows.string(0, 8),
          .recovery_sent = optional_time(rows, 0, 9),
          .new_email = rows.string(0, 10),
          .change_token_new = rows.string(0, 11),
          .change_token_current = rows.string(0, 12),
          .change_sent = optional_time(rows, 0, 13),
          .change_half_confirmed = rows.number(0, 14) == 1,
          .reauthentication_token = rows.string(0, 15),
          .reauthentication_sent = optional_time(rows, 0, 16),
          .second_factors = rows.number(0, 17),
          .matched_new_address = rows.view(0, 18) == "email_change_token_new",
          .document = Sensitive(rows.string(0, 19))};
}

RefreshOutcome outcome_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, RefreshOutcome>, 6> kNames{
      {{"rotated", RefreshOutcome::rotated},
       {"repeated", RefreshOutcome::repeated},
       {"unknown", RefreshOutcome::unknown},
       {"ended", RefreshOutcome::ended},
       {"banned", RefreshOutcome::banned},
       {"reused", RefreshOutcome::reused}}};
  for (const auto& [known, outcome] : kNames) {
    if (known == name) return outcome;
  }
  CHECK(false, "the function answers one of its outcomes");
}

class PostgresAuth final : public AuthStore {
 public:
  explicit PostgresAuth(Pool& pool) : pool_(pool) {}

  Task<Result<Account>> find(AccountKey key, std::string value) override {
    auto rows = co_await read(
        pool_, nobody(),
        {"select id, email, password_hash, confirmed, invited, " ANTIPHON_MICROS("banned_until")  //
         ", confirmation_token, " ANTIPHON_MICROS("confirmation_sent_at")                         //
         ", recovery_token, " ANTIPHON_MICROS("recovery_sent_at")                                 //
         ", email_change, change_token_new, change_token_current, "                               //
         ANTIPHON_MICROS("change_sent_at") ", change_confirmed, reauthentication_token, "         //
         ANTIPHON_MICROS("reauthentication_sent_at") ", second_factors, matched, document"
                                                     " from auth.antiphon_find_user($1, $2)",
         {text(std::string(name_of(key))), text(std::move(value))}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("account");
    co_return account_of(*rows);
  }

  Task<Result<>> create(NewAccount account, WallTime at) override {
    auto rows = co_await write(
        pool_, nobody(),
        {"select auth.antiphon_create_user($1::uuid, $2, $3, $4::jsonb, $5::boolean, "
         "$6::boolean, " ANTIPHON_TIME("$7") ")",
         {text(account.id), text(std::move(account.email)), text(std::move(account.password_hash)),
          text(std::move(account.metadata)), text(account.confirmed ? "true" : "false"),
          text(account.invited ? "true" : "false"), timestamp(at)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->boolean(0, 0)) co_return Result<>{};
    co_return failure(ErrorCode::already_exists, "this address has an account");
  }

  Task<Result<>> confirm(Uuid user, WallTime at) override {
    return done({"select auth.antiphon_confirm($1::uuid, " ANTIPHON_TIME("$2") ")",
                 {text(user), timestamp(at)}});
  }

  Task<Result<>> set_code(Uuid user, MailedCode kind, MailedHashes hashes, std::string address,
                          WallTime at) override {
    return done(
        {"select auth.antiphon_set_token($1::uuid, $2, $3, $4, $5, " ANTIPHON_TIME("$6") ")",
         {text(user), text(std::string(name_of(kind))), text(std::move(hashes.code)),
          text(std::move(hashes.link)), text(std::move(address)), timestamp(at)}});
  }

  Task<Result<bool>> confirm_change(Uuid user, bool by_new_address, bool needs_both,
                                    WallTime at) override {
    return truth(
        {"select auth.antiphon_confirm_change($1::uuid, $2::boolean, $3::boolean, " ANTIPHON_TIME(
             "$4") ")",
         {text(user), text(by_new_address ? "true" : "false"), text(needs_both ? "true" : "false"),
          timestamp(at)}});
  }

  Task<Result<>> merge_metadata(Uuid user, std::string changes, WallTime at) override {
    return done(
        {"select auth.antiphon_merge_metadata($1::uuid, $2::jsonb, " ANTIPHON_TIME("$3") ")",
         {text(user), text(std::move(changes)), timestamp(at)}});
  }

  Task<Result<>> set_password(Uuid user, std::string hash, std::optional<Uuid> kept,
                              WallTime at) override {
    return done(
        {"select auth.antiphon_set_password($1::uuid, $2, $3::uuid, " ANTIPHON_TIME("$4") ")",
         {text(user), text(std::move(hash)), optional_id(kept.value_or(Uuid{})), timestamp(at)}});
  }

  Task<Result<>> clear_reauthentication(Uuid user) override {
    return done({"select auth.antiphon_clear_reauthentication($1::uuid)", {text(user)}});
  }

  Task<Result<>> begin_code_flow(CodeFlow flow, std::string code, WallTime at) override {
    return done(
        {"select auth.antiphon_begin_code_flow($1::uuid, $2::uuid, $3, $4, $5, "
         "$6, " ANTIPHON_TIME("$7") ")",
         {text(flow.id), optional_id(flow.user), text(std::move(flow.method)),
          text(std::move(flow.challenge)), text(std::move(flow.challenge_method)),
          text(std::move(code)), timestamp(at)}});
  }

  Task<Result<std::string>> issue_code(Uuid user, std::string method, WallTime at) override {
    auto rows = co_await write(
        pool_, nobody(),
        {"select code from auth.antiphon_issue_code($1::uuid, $2, " ANTIPHON_TIME("$3") ")",
         {text(user), text(std::move(method)), timestamp(at)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("code");
    co_return rows->string(0, 0);
  }

  Task<Result<CodeFlow>> find_code_flow(std::string code) override {
    auto rows =
        co_await read(pool_, nobody(),
                      {"select id, user_id, method, challenge, challenge_method, "  //
                       ANTIPHON_MICROS("issued_at") " from auth.antiphon_find_code_flow($1)",
                       {text(std::move(code))}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("code");
    co_return CodeFlow{rows->uuid(0, 0),   rows->uuid(0, 1),   rows->string(0, 2),
                       rows->string(0, 3), rows->string(0, 4), optional_time(*rows, 0, 5)};
  }

  Task<Result<bool>> use_code_flow(Uuid id) override {
    return truth({"select auth.antiphon_use_code_flow($1::uuid)", {text(id)}});
  }

  Task<Result<>> open_session(NewSession session, WallTime at) override {
    return done(
        {"select auth.antiphon_open_session($1::uuid, $2::uuid, $3, $4, $5, $6, " ANTIPHON_TIME(
             "$7") ")",
         {text(session.id), text(session.user), text(std::move(session.method)),
          text(std::move(session.refresh_token)), text(std::move(session.origin.agent)),
          text(std::move(session.origin.address)), timestamp(at)}});
  }

  Task<Result<AuthSession>> session(Uuid id) override {
    auto rows = co_await read(pool_, nobody(),
                              {"select user_id, aal, methods, " ANTIPHON_MICROS(
                                   "created_at") ", document from auth.antiphon_session($1::uuid)",
                               {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("session");
    co_return AuthSession{rows->uuid(0, 0), rows->string(0, 1), rows->string(0, 2),
                          rows->time(0, 3), Sensitive(rows->string(0, 4))};
  }

  Task<Result<SessionStanding>> standing(Uuid session, Uuid user, WallTime at) override {
    auto rows = co_await read(
        pool_, nobody(),
        {"select auth.antiphon_session_standing($1::uuid, $2::uuid, " ANTIPHON_TIME("$3") ")",
         {text(session), text(user), timestamp(at)}});
    if (!rows) co_return std::unexpected(rows.error());
    const std::string_view name = rows->view(0, 0);
    co_return name == "good" ? SessionStanding::good
    : name == "weak"         ? SessionStanding::weak
                             : SessionStanding::ended;
  }

  Task<Result<Refreshed>> refresh(std::string given, std::string fresh, std::chrono::seconds reuse,
                                  AuthOrigin origin, WallTime at) override {
    auto rows = co_await write(
        pool_, nobody(),
        {"select outcome, coalesce(refresh_token, ''), session_id"
         " from auth.antiphon_refresh($1, $2, $3::integer, $4, $5, " ANTIPHON_TIME("$6") ")",
         {text(std::move(given)), text(std::move(fresh)), integer(reuse.count()),
          text(std::move(origin.agent)), text(std::move(origin.address)), timestamp(at)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return Refreshed{outcome_of(rows->view(0, 0)), rows->string(0, 1),
                        rows->optional_uuid(0, 2).value_or(Uuid{})};
  }

  Task<Result<std::vector<Uuid>>> end_sessions(Uuid user, Uuid session,
                                               SessionScope scope) override {
    auto rows =
        co_await write(pool_, nobody(),
                       {"select auth.antiphon_end_sessions($1::uuid, $2::uuid, $3)",
                        {text(user), optional_id(session), text(std::string(name_of(scope)))}});
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<Uuid> ended;
    for (std::size_t row = 0; row < rows->size(); ++row)
      ended.push_back(rows->uuid(row, 0));
    co_return ended;
  }

  Task<Result<std::vector<SessionSummary>>> sessions(Uuid user) override {
    auto rows = co_await read(
        pool_, nobody(),
        {"select id, " ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS(
             "refreshed_at") ", user_agent, address, aal from auth.antiphon_sessions($1::uuid)",
         {text(user)}});
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<SessionSummary> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      found.push_back({rows->uuid(row, 0), rows->time(row, 1), rows->time(row, 2),
                       rows->string(row, 3), rows->string(row, 4), rows->string(row, 5)});
    }
    co_return found;
  }

  Task<Result<EnrollOutcome>> enroll(Uuid factor, Uuid user, std::string name, std::string secret,
                                     WallTime at) override {
    auto rows = co_await write(
        pool_, nobody(),
        {"select auth.antiphon_enroll_factor($1::uuid, $2::uuid, $3, $4, " ANTIPHON_TIME("$5") ")",
         {text(factor), text(user), text(std::move(name)), text(std::move(secret)),
          timestamp(at)}});
    if (!rows) co_return std::unexpected(rows.error());
    const std::string_view outcome = rows->view(0, 0);
    co_return outcome == "made" ? EnrollOutcome::made
    : outcome == "name_taken"   ? EnrollOutcome::name_taken
                                : EnrollOutcome::too_many;
  }

  Task<Result<SecondFactor>> factor(Uuid user, Uuid factor) override {
    auto rows = co_await read(
        pool_, nobody(),
        {"select status, coalesce(secret, '') from auth.antiphon_factor($1::uuid, $2::uuid)",
         {text(user), text(factor)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("factor");
    co_return SecondFactor{rows->view(0, 0) == "verified", Sensitive(rows->string(0, 1))};
  }

  Task<Result<>> challenge(Uuid id, Uuid factor, std::string address, WallTime at) override {
    return done({"select auth.antiphon_challenge($1::uuid, $2::uuid, $3, " ANTIPHON_TIME("$4") ")",
                 {text(id), text(factor), text(std::move(address)), timestamp(at)}});
  }

  Task<Result<FactorChallenge>> find_challenge(Uuid id, Uuid factor) override {
    auto rows = co_await read(
        pool_, nobody(),
        {"select " ANTIPHON_MICROS("created_at") ", verified, address from "
                                                 "auth.antiphon_find_challenge($1::uuid, $2::uuid)",
         {text(id), text(factor)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("challenge");
    co_return FactorChallenge{rows->time(0, 0), rows->boolean(0, 1), rows->string(0, 2)};
  }

  Task<Result<bool>> verify_factor(VerifiedFactor verified, WallTime at) override {
    return truth(
        {"select auth.antiphon_verify_factor($1::uuid, $2::uuid, $3::uuid, $4::uuid, "
         "$5, " ANTIPHON_TIME("$6") ")",
         {text(verified.challenge), text(verified.factor), text(verified.user),
          text(verified.session), text(std::move(verified.fresh_token)), timestamp(at)}});
  }

  Task<Result<>> remove_factor(Uuid user, Uuid factor, WallTime at) override {
    return done({"select auth.antiphon_remove_factor($1::uuid, $2::uuid, " ANTIPHON_TIME("$3") ")",
                 {text(user), text(factor), timestamp(at)}});
  }

 private:
  Task<Result<>> done(Statement statement) {
    auto rows = co_await write(pool_, nobody(), std::move(statement));
    if (!rows) co_return std::unexpected(rows.error());
    co_return Result<>{};
  }
  Task<Result<bool>> truth(Statement statement) {
    auto rows = co_await write(pool_, nobody(), std::move(statement));
    if (!rows) co_return std::unexpected(rows.error());
    co_return rows->boolean(0, 0);
  }

  Pool& pool_;
};

}  // namespace

std::unique_ptr<AuthStore> make_postgres_auth(Pool& pool) {
  return std::make_unique<PostgresAuth>(pool);
}

}  // namespace antiphon::store
