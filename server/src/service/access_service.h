// Turns what a request carries into a Principal: an API key, a person's access token, or the cookie
// of the studio.
//
// A key belongs to one workspace. A person names one: by the header Antiphon-Workspace, else the
// one the studio's session is switched to, else the only one they have.
// Limits  an answer of the store is remembered for kMemory from when it was asked, so that a
//         revoked key, a removed member and an ended session work for at most that long, in every
//         process; what this process itself changes, it forgets at once. At most 10,000 of each.
// Errors  unauthenticated: nothing, or nothing that is good (any longer). not_found: a workspace
//         the caller does not belong to. protocol_error: a person of several workspaces named none.
//         permission_denied: a person without a workspace; a key where a person is needed; a cookie
//         without its CSRF token. unavailable: the store is away and the answer is not in memory.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "ports/account_stores.h"
#include "ports/stores.h"
#include "ports/token_verifier.h"
#include "service/short_memory.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::string_view kWorkspaceHeader = "Antiphon-Workspace";
inline constexpr std::string_view kCsrfHeader = "Antiphon-Csrf";

enum class Intent : std::uint8_t { read, change };

struct Credentials {
  std::string authorization = {};  // "Bearer …"; wins over the cookie
  std::string session = {};        // what the studio's cookie holds
  std::string csrf = {};           // of the header Antiphon-Csrf: must go with a cookie to change
  std::string workspace = {};      // of the header Antiphon-Workspace
  Intent intent = Intent::read;
  std::string address = {};
  std::string request_id = {};
};

// What a request needs its principal to be.
enum class Standing : std::uint8_t {
  member,  // of a workspace: a key, or a person and the workspace they name
  person,  // a person; the workspace stays nil
};

// Who is asking, before the workspace is known.
struct Person {
  Uuid user;
  std::string email;
  Uuid session;                               // of the studio; nil: an access token
  std::optional<WorkspaceId> workspace = {};  // that the session is switched to
  WallTime expires_at{};                      // of the session or the token
  std::optional<Uuid> sign_in = {};           // the session of /auth/v1 behind either
};

class AccessService {
 public:
  static constexpr std::chrono::milliseconds kMemory{1'000};

  AccessService(ApiKeyStore& keys, Clock& clock) : keys_(keys), clock_(clock) {}
  // Without these, keys alone are believed. Given before the first request; they outlive this.
  void believe_people(TokenVerifier& tokens, MembershipStore& memberships);
  // `good` says whether the sign-in a session stands on still lives; without it, nobody is asked.
  using SignInCheck = std::function<Task<Result<bool>>(Uuid user, Uuid sign_in)>;
  void believe_sessions(StudioSessionStore& sessions, SignInCheck good = {}) {
    sessions_ = &sessions;
    sign_in_is_good_ = std::move(good);
  }

  Task<Result<Principal>> authenticate(Credentials credentials, Standing standing);
  // Of a member, by the header Authorization alone: "Bearer antiphon_…".
  Task<Result<Principal>> authenticate(std::string authorization);
  // A person by token or cookie, without a workspace.
  Task<Result<Person>> identify(Credentials credentials);

  void forget_key(ApiKeyId key);
  void forget_person(Uuid user);
  void forget_session(Uuid session);
  void forget_workspace(WorkspaceId workspace);

 private:
  using Memberships = std::vector<Membership>;

  Task<Result<Principal>> key_principal(std::string_view token, const Credentials& credentials);
  Task<Result<Person>> person_of_cookie(const Credentials& credentials);
  Task<Result<StudioSession>> find_session(std::string hash);
  Task<Result<Memberships>> memberships_of(Uuid user);
  Task<Result<Principal>> as_member(const Person& person, const Credentials& credentials);

  ApiKeyStore& keys_;
  Clock& clock_;
  TokenVerifier* tokens_ = nullptr;
  MembershipStore* memberships_ = nullptr;
  StudioSessionStore* sessions_ = nullptr;
  SignInCheck sign_in_is_good_;
  ShortMemory<ApiKey> remembered_keys_;             // by hash
  ShortMemory<Memberships> remembered_members_;     // by the user's 16 bytes
  ShortMemory<StudioSession> remembered_sessions_;  // by hash
};

}  // namespace antiphon
