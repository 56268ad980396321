#include "service/studio_session_service.h"

#include "core/utf8.h"
#include "crypto/session_token.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kAgentCharacters = 200;

}  // namespace

Task<Result<BegunSession>> StudioSessionService::begin(std::string access_token,
                                                       std::string address, std::string agent) {
  auto person = co_await access_.identify({.authorization = "Bearer " + std::move(access_token)});
  if (!person) co_return std::unexpected(std::move(person.error()));
  NewSessionToken token = make_session_token(random_);
  StudioSession session;
  session.id = Uuid::make_ordered(clock_.wall(), random_);
  session.user = person->user;
  session.email = std::move(person->email);
  session.address = std::move(address);
  if (is_valid_utf8(agent)) session.agent = utf8_prefix(agent, kAgentCharacters);
  std::string hash(reinterpret_cast<const char*>(token.hash.data()), token.hash.size());
  auto begun = co_await sessions_.create(std::move(session), std::move(hash));
  if (!begun) co_return std::unexpected(std::move(begun.error()));
  std::string csrf = csrf_token_of(token.text.reveal());
  co_return BegunSession{std::move(*begun), std::move(token.text), std::move(csrf)};
}

std::string StudioSessionService::csrf_token(const std::string& cookie) const {
  return csrf_token_of(cookie);
}

Task<Result<std::vector<StudioSession>>> StudioSessionService::list(Uuid user) {
  co_return co_await sessions_.list(user);
}

Task<Result<>> StudioSessionService::end(Uuid user, Uuid session) {
  auto ended = co_await sessions_.end(user, session);
  access_.forget_session(session);
  co_return ended;
}

Task<Result<>> StudioSessionService::switch_to(Uuid user, Uuid session, WorkspaceId workspace) {
  auto switched = co_await sessions_.switch_to(user, session, workspace);
  if (switched) access_.forget_session(session);
  co_return switched;
}

}  // namespace antiphon
