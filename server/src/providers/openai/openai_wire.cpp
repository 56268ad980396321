#include "providers/openai/openai_wire.h"

#include "json/value.h"

#include <fmt/format.h>

#include <algorithm>

namespace antiphon::openai {

namespace {

constexpr std::size_t kWordMax = 48;

// A provider's own word for what is wrong, such as insufficient_quota. Only a word is believed: a
// sentence may quote what somebody said.
std::string word_of(const json::Value* value) {
  const std::string* text = value == nullptr ? nullptr : value->if_text();
  if (text == nullptr || text->empty() || text->size() > kWordMax) return {};
  const bool is_word = std::ranges::all_of(*text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return is_word ? *text : std::string();
}

std::string word_in(std::string_view body) {
  const auto parsed = json::parse(body);
  if (!parsed) return {};
  const json::Value* error = parsed->find("error");
  if (error == nullptr) return {};
  std::string word = word_of(error->find("code"));
  if (word.empty()) word = word_of(error->find("type"));
  return word;
}

std::string wait_of(const Response& head) {
  const auto value = head.headers.find("Retry-After").value_or("");
  const bool is_number = !value.empty() && value.size() <= 6 &&
                         std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? fmt::format(" It asks to wait {} s.", value) : std::string();
}

std::string_view meaning_of(int status) {
  switch (status) {
    case 400:
    case 422:
      return "the request; the model may not know one of the agent's settings";
    case 401:
      return "the key; check the secret that the agent's configuration names";
    case 402:
      return "the request for want of credit";
    case 403:
      return "the request; the key may not use this model";
    case 404:
      return "the model or the address; check `model` and `base_url`";
    case 413:
      return "the request as too large";
    case 429:
      return "the request: too many at the moment, or the account's limit is used up";
    default:
      return status >= 500 ? "the request with a failure of its own" : "the request";
  }
}

}  // namespace

Task<Result<OutboundRequest>> make_request(const Parts& parts, const ProviderAccount& account,
                                           std::string_view path, std::string content_type,
                                           std::string body) {
  auto key = co_await parts.keys.open(account);
  if (!key) co_return std::unexpected(std::move(key.error()));
  OutboundRequest request;
  request.method = Method::post;
  std::string_view base = account.base_url.empty() ? kOwnBaseUrl : account.base_url;
  while (base.ends_with('/'))
    base.remove_suffix(1);
  request.url = fmt::format("{}{}", base, path);
  request.headers.add("Content-Type", std::move(content_type));
  if (!key->reveal().empty()) request.credentials.add("Authorization", "Bearer " + key->reveal());
  request.body = std::move(body);
  co_return request;
}

Error refusal(const Parts& parts, const ProviderAccount& account, const Response& head,
              std::string_view body) {
  if (head.status == 401 || head.status == 403) parts.keys.forget(account);
  const std::string word = word_in(body);
  std::string message =
      fmt::format("the provider refused {} (status {}{}{}).{}", meaning_of(head.status),
                  head.status, word.empty() ? "" : ", ", word, wait_of(head));
  const bool is_wait = head.status == 429 || head.status == 503;
  return {is_wait ? ErrorCode::resource_exhausted : ErrorCode::unavailable, std::move(message)};
}

Error explained(Error error) {
  switch (error.code) {
    case ErrorCode::permission_denied:
      error.message += "; the operator may allow it with --provider-targets";
      break;
    case ErrorCode::unavailable:
      error.message = "the provider cannot be reached: " + error.message;
      break;
    case ErrorCode::timeout:
      error.message = "the provider did not answer in time";
      break;
    case ErrorCode::too_large:
      error.code = ErrorCode::protocol_error;
      error.message = "the provider sent more at once than is taken: " + error.message;
      break;
    case ErrorCode::protocol_error:
      error.message = "the provider cannot be understood: " + error.message;
      break;
    default:
      break;
  }
  return error;
}

Error cut_off() {
  return {ErrorCode::unavailable, "the provider broke off in the middle of its answer"};
}

Error not_such_a_server(const Response& head) {
  return {ErrorCode::protocol_error,
          fmt::format("what answered (status {}) is no server of this kind; check `base_url`, "
                      "which often ends in /v1",
                      head.status)};
}

}  // namespace antiphon::openai
