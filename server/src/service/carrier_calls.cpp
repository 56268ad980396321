#include "service/carrier_calls.h"

#include "domain/scopes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kCallIdMax = 256;
constexpr std::size_t kNumberMax = 32;

// Ids and numbers of the wire, cut to what needs no escape in JSON.
std::string plain(std::string text, std::size_t length_max) {
  std::erase_if(text, [](char character) {
    const bool letter =
        (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    return !letter && !(character >= '0' && character <= '9') &&
           !std::string_view("-_.:~+/=@").contains(character);
  });
  text.resize(std::min(text.size(), length_max));
  return text;
}

std::string metadata_of(const CarrierCall& call) {
  return fmt::format(R"({{"carrier":"{}","call_id":"{}","called":"{}"}})", call.carrier,
                     plain(call.call_id, kCallIdMax), plain(call.called, kNumberMax));
}

}  // namespace

Task<Result<Principal>> CarrierCalls::who(const CarrierCall& call) {
  if (call.key.empty()) {
    co_return failure(ErrorCode::unauthenticated,
                      "the call brings neither a token nor a key; see the guide for carriers");
  }
  auto principal = co_await access_.authenticate("Bearer " + call.key);
  if (!principal) co_return std::unexpected(std::move(principal.error()));
  if (!holds(*principal, "conversations:write")) {
    co_return failure(ErrorCode::permission_denied,
                      "the key may not open conversations; it needs conversations:write");
  }
  co_return std::move(*principal);
}

Task<Result<std::string>> CarrierCalls::open(CarrierCall call) {
  auto principal = co_await who(call);
  if (!principal) co_return std::unexpected(std::move(principal.error()));
  if (call.agent.empty()) {
    co_return failure(ErrorCode::invalid_argument, "the call names no agent");
  }
  auto opened =
      co_await conversations_.open(std::move(*principal), {.agent = std::move(call.agent),
                                                           .channel = Channel::phone,
                                                           .mode = ConversationMode::voice,
                                                           .metadata = metadata_of(call),
                                                           .caller = std::move(call.caller)});
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  co_return opened->token.value_or(std::string());
}

Task<Result<SessionPlan>> CarrierCalls::plan(CarrierCall call) {
  if (!call.token.empty()) co_return co_await conversations_.plan(std::move(call.token));
  auto token = co_await open(std::move(call));
  if (!token) co_return std::unexpected(std::move(token.error()));
  co_return co_await conversations_.plan(std::move(*token));
}

void CarrierCalls::abandon(const SessionPlan& plan, EndReason reason) {
  conversations_.abandon(plan, reason);
}

Task<Result<std::optional<Sensitive<std::string>>>> CarrierCalls::signing_secret(CarrierCall call) {
  auto principal = co_await who(call);
  if (!principal) co_return std::unexpected(std::move(principal.error()));
  auto secret = co_await secrets_.open(std::move(*principal), SecretKind::webhook_secret,
                                       "carrier-" + call.carrier);
  using Found = std::optional<Sensitive<std::string>>;
  if (secret) co_return Found(std::move(*secret));
  if (secret.error().code == ErrorCode::not_found) co_return Found();
  co_return std::unexpected(std::move(secret.error()));
}

}  // namespace antiphon
