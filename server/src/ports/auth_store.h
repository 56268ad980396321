// Where accounts, sessions and second factors are kept. Each call happens at once or not at all;
// `at` is the time it happens at.
//
// Errors  not_found, already_exists (an address that is taken), unavailable, timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/auth.h"

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

class AuthStore {
 public:
  virtual ~AuthStore() = default;

  virtual Task<Result<Account>> find(AccountKey key, std::string value) = 0;
  virtual Task<Result<>> create(NewAccount account, WallTime at) = 0;
  // The address is theirs; every mailed code is used up.
  virtual Task<Result<>> confirm(Uuid user, WallTime at) = 0;
  virtual Task<Result<>> set_code(Uuid user, MailedCode kind, MailedHashes hashes,
                                  std::string address, WallTime at) = 0;
  // True when the change is made, false when the other address has to agree yet.
  virtual Task<Result<bool>> confirm_change(Uuid user, bool by_new_address, bool needs_both,
                                            WallTime at) = 0;
  // `changes` is a JSON object: members replace, null removes.
  virtual Task<Result<>> merge_metadata(Uuid user, std::string changes, WallTime at) = 0;
  // Every other session and every mailed code ends.
  virtual Task<Result<>> set_password(Uuid user, std::string hash, std::optional<Uuid> kept,
                                      WallTime at) = 0;
  virtual Task<Result<>> clear_reauthentication(Uuid user) = 0;

  // `code` is told to nobody before issue_code.
  virtual Task<Result<>> begin_code_flow(CodeFlow flow, std::string code, WallTime at) = 0;
  // The code of the latest flow of this method; not_found: there is none.
  virtual Task<Result<std::string>> issue_code(Uuid user, std::string method, WallTime at) = 0;
  // not_found: no such code was issued.
  virtual Task<Result<CodeFlow>> find_code_flow(std::string code) = 0;
  // False when it was used meanwhile.
  virtual Task<Result<bool>> use_code_flow(Uuid id) = 0;

  virtual Task<Result<>> open_session(NewSession session, WallTime at) = 0;
  virtual Task<Result<AuthSession>> session(Uuid id) = 0;
  virtual Task<Result<SessionStanding>> standing(Uuid session, Uuid user, WallTime at) = 0;
  virtual Task<Result<Refreshed>> refresh(std::string given, std::string fresh,
                                          std::chrono::seconds reuse, AuthOrigin origin,
                                          WallTime at) = 0;
  // The sessions that ended.
  virtual Task<Result<std::vector<Uuid>>> end_sessions(Uuid user, Uuid session,
                                                       SessionScope scope) = 0;
  // At most 200, the latest used first.
  virtual Task<Result<std::vector<SessionSummary>>> sessions(Uuid user) = 0;

  virtual Task<Result<EnrollOutcome>> enroll(Uuid factor, Uuid user, std::string name,
                                             std::string secret, WallTime at) = 0;
  virtual Task<Result<SecondFactor>> factor(Uuid user, Uuid factor) = 0;
  virtual Task<Result<>> challenge(Uuid id, Uuid factor, std::string address, WallTime at) = 0;
  virtual Task<Result<FactorChallenge>> find_challenge(Uuid id, Uuid factor) = 0;
  struct VerifiedFactor {
    Uuid challenge;
    Uuid factor;
    Uuid user;
    Uuid session;
    std::string fresh_token;
  };
  // False, with nothing changed, when the challenge was used meanwhile.
  virtual Task<Result<bool>> verify_factor(VerifiedFactor verified, WallTime at) = 0;
  virtual Task<Result<>> remove_factor(Uuid user, Uuid factor, WallTime at) = 0;
};

}  // namespace antiphon
