// What the flows of AuthService share.
#include "core/run_on.h"
#include "core/utf8.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "service/auth/auth_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace antiphon {

namespace {

constexpr std::size_t kEmailMax = 255;
constexpr std::size_t kMetadataMax = 4'096;

bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

// RFC 5321 dot-string without quotes, as browsers check <input type=email>.
bool is_email(std::string_view email) {
  const std::size_t at = email.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  constexpr std::string_view kSpecial = ".!#$%&'*+/=?^_`{|}~-";
  const std::string_view local = email.substr(0, at);
  if (!std::ranges::all_of(local, [&](char letter) {
        return is_letter_or_digit(letter) || kSpecial.contains(letter);
      })) {
    return false;
  }
  std::string_view domain = email.substr(at + 1);
  while (true) {
    const std::string_view label = domain.substr(0, domain.find('.'));
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (!std::ranges::all_of(
            label, [](char letter) { return is_letter_or_digit(letter) || letter == '-'; })) {
      return false;
    }
    if (label.size() == domain.size()) return true;
    domain.remove_prefix(label.size() + 1);
  }
}

// "https://host:port" of a URL; empty when it is none.
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t end = url.find_first_of("/?#\\@", scheme + 3);
  // "https://voice.example@elsewhere": what stands before @ is no host.
  if (end != std::string_view::npos && (url[end] == '@' || url[end] == '\\')) return {};
  return url.substr(0, end);
}

}  // namespace

AuthResult<> check_password(std::string_view password) {
  if (password.size() > kPasswordMax) {
    return fault(400, "validation_failed", "Password cannot be longer than 72 characters");
  }
  if (password.contains('\0')) {
    return fault(400, "validation_failed", "Password cannot hold a NUL character");
  }
  if (password.size() < kPasswordMin) {
    return std::unexpected(
        AuthFault{422,
                  "weak_password",
                  fmt::format("Password should be at least {} characters.", kPasswordMin),
                  {"length"}});
  }
  if (is_common_password(password)) {
    return std::unexpected(
        AuthFault{422,
                  "weak_password",
                  "Password is known to be weak and easy to guess, please choose a different one.",
                  {"pwned"}});
  }
  return {};
}

AuthResult<std::string> check_email(std::string_view email) {
  if (email.empty()) return fault(400, "validation_failed", "An email address is required");
  if (email.size() > kEmailMax) {
    return fault(400, "validation_failed", "An email address is too long");
  }
  if (!is_email(email)) {
    return fault(400, "validation_failed", "Unable to validate email address: invalid format");
  }
  return to_lower_ascii(email);
}

AuthResult<std::string> check_metadata(const json::Value* data) {
  if (data == nullptr || data->is_null()) return std::string("{}");
  if (data->if_object() == nullptr) {
    return fault(400, "bad_json", "Could not parse request body as JSON: data is no object");
  }
  std::string text = json::write(*data);
  // It travels in every access token, and a token has a limit.
  if (text.size() > kMetadataMax) {
    return fault(400, "validation_failed", "data is larger than 4096 bytes");
  }
  return text;
}

std::string code_hash(std::string_view email, std::string_view code) {
  // 56 characters, as many as the SHA-224 that Supabase Auth keeps in this column.
  return to_hex(sha256(fmt::format("{}{}", email, code))).substr(0, 56);
}

Task<AuthResult<std::string>> AuthService::hash_of(std::string password) {
  if (hashes_waiting_ >= kHashesWaiting) {
    co_return fault(429, "over_request_rate_limit", "Request rate limit reached");
  }
  ++hashes_waiting_;
  ++hashes_run_;
  std::string hash =
      co_await run_on(parts_.hashing, [password] { return hash_password(password); });
  --hashes_waiting_;
  co_return hash;
}

Task<AuthResult<bool>> AuthService::matches(std::string password, std::string hash) {
  if (hashes_waiting_ >= kHashesWaiting) {
    co_return fault(429, "over_request_rate_limit", "Request rate limit reached");
  }
  ++hashes_waiting_;
  ++hashes_run_;
  const bool right =
      co_await run_on(parts_.hashing, [password, hash] { return is_password(password, hash); });
  --hashes_waiting_;
  co_return right;
}

std::string AuthService::make_refresh_token() {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<std::byte, 12> bytes{};
  parts_.random.fill(bytes);
  std::string token;
  for (const std::byte byte : bytes)
    token += kAlphabet[std::to_integer<std::size_t>(byte) % kAlphabet.size()];
  return token;
}

Task<AuthResult<AuthAnswer>> AuthService::open_session(Uuid user, std::string method,
                                                       AuthOrigin origin) {
  const Uuid id = Uuid::make_random(parts_.random);
  std::string refresh_token = make_refresh_token();
  const auto opened = co_await parts_.store.open_session(
      {id, user, std::move(method), refresh_token, std::move(origin)}, parts_.clock.wall());
  if (!opened) co_return fault_of(opened.error());
  co_return co_await session_answer(id, std::move(refresh_token));
}

Task<AuthResult<AuthAnswer>> AuthService::session_answer(Uuid session, std::string refresh_token) {
  const auto details = co_await parts_.store.session(session);
  if (!details) co_return fault_of(details.error());
  auto user = json::parse(details->document.reveal());
  if (!user) co_return fault_of(user.error());
  const AccessToken token = parts_.tokens.issue(session, *details);
  const auto expires =
      std::chrono::floor<std::chrono::seconds>(token.expires).time_since_epoch().count();
  co_return AuthAnswer{
      .body =
          json::Object{{"access_token", token.text},
                       {"token_type", "bearer"},
                       {"expires_in", static_cast<std::int64_t>(parts_.tokens.lifetime().count())},
                       {"expires_at", static_cast<std::int64_t>(expires)},
                       {"refresh_token", std::move(refresh_token)},
                       {"user", std::move(*user)}}};
}

Task<AuthResult<>> AuthService::spend(AttemptRule rule, std::string key) {
  const auto verdict = co_await parts_.limiter.spend(rule, std::move(key));
  // Without counters people can still sign in; guesses cost 60 ms of bcrypt each.
  if (!verdict) {
    parts_.log.warning("auth.limiter_failed", {{"error", verdict.error()}});
    co_return AuthResult<>{};
  }
  if (verdict->allowed) co_return AuthResult<>{};
  co_return std::unexpected(AuthFault{429,
                                      "over_request_rate_limit",
                                      "Request rate limit reached",
                                      {},
                                      static_cast<int>(verdict->retry_after.count())});
}

namespace {

std::unexpected<AuthFault> mailed_too_soon(std::chrono::seconds left) {
  return std::unexpected(
      AuthFault{429,
                "over_email_send_rate_limit",
                fmt::format("For security purposes, you can only request this after {} seconds.",
                            left.count()),
                {},
                static_cast<int>(left.count())});
}

}  // namespace

AuthResult<> AuthService::may_mail(std::optional<WallTime> sent) const {
  if (!sent || *sent + config_.mail_interval <= parts_.clock.wall()) return {};
  return mailed_too_soon(
      std::chrono::ceil<std::chrono::seconds>(*sent + config_.mail_interval - parts_.clock.wall()));
}

Task<AuthResult<AuthAnswer>> AuthService::pretend_to_mail(std::string purpose, std::string email,
                                                          std::optional<CodeChallenge> challenge) {
  const auto verdict = co_await parts_.limiter.spend({"mail.nobody", 1, config_.mail_interval},
                                                     purpose + ' ' + email);
  if (verdict && !verdict->allowed) co_return mailed_too_soon(verdict->retry_after);
  if (challenge) {
    auto begun = co_await begin_code_flow(std::nullopt, purpose, std::move(*challenge));
    if (!begun) co_return std::unexpected(std::move(begun.error()));
  }
  const Account nobody{.id = Uuid::make_random(parts_.random), .email = std::move(email)};
  const auto stored = co_await parts_.store.set_code(
      nobody.id, MailedCode::recovery,
      {code_hash(nobody.email, "000000"), code_hash("", nobody.id.to_string())}, nobody.email,
      parts_.clock.wall());
  if (!stored) co_return fault_of(stored.error());
  co_return AuthAnswer{.body = json::Object{}};
}

Task<AuthResult<>> AuthService::mail_code(const Account& account, MailedCode code, AuthMail mail,
                                          std::string type, std::string redirect,
                                          std::string address,
                                          std::optional<CodeChallenge> challenge) {
  const std::string digits = fmt::format("{:06}", parts_.random.below(1'000'000));
  std::array<std::byte, 28> bytes{};
  parts_.random.fill(bytes);
  const std::string link = (challenge ? std::string(kCodeLink) : std::string()) + to_hex(bytes);
  if (challenge) {
    auto begun = co_await begin_code_flow(account.id, method_of_link(type), std::move(*challenge));
    if (!begun) co_return begun;
  }
  const auto stored = co_await parts_.store.set_code(
      account.id, code, {code_hash(address, digits), code_hash("", link)}, address,
      parts_.clock.wall());
  if (!stored) co_return fault_of(stored.error());
  AuthMailContent content{.kind = mail, .to = address, .code = digits};
  if (mail != AuthMail::reauthenticate) {
    content.link = fmt::format("{}/verify?token={}&type={}&redirect_to={}", config_.external_url,
                               link, type, escape_parameter(redirect));
  }
  if (mail == AuthMail::email_change) content.new_email = account.new_email;
  if (!parts_.mailer.send(compose_auth_mail(content))) {
    co_return fault(429, "over_email_send_rate_limit", "email rate limit exceeded");
  }
  co_return AuthResult<>{};
}

std::string AuthService::redirect_of(const AuthCall& call) const {
  std::string wanted = call.parameter("redirect_to");
  if (wanted.empty()) wanted = call.text("redirect_to");
  const std::string_view origin = origin_of(wanted);
  const bool printable = std::ranges::all_of(wanted, [](char letter) {
    return static_cast<unsigned char>(letter) > ' ' && letter != '\x7F';
  });
  if (origin.empty() || !printable) return config_.site_url;
  if (origin == origin_of(config_.site_url)) return wanted;
  for (const std::string& allowed : config_.redirects) {
    if (wanted == allowed || origin == allowed) return wanted;
  }
  return config_.site_url;
}

bool AuthService::is_fresh(std::optional<WallTime> sent) const {
  return sent && parts_.clock.wall() <= *sent + config_.code_lifetime;
}

bool AuthService::is_code(const std::string& given, const std::string& stored,
                          std::optional<WallTime> sent) const {
  return !stored.empty() && is_fresh(sent) &&
         constant_time_equal(std::as_bytes(std::span(given)), std::as_bytes(std::span(stored)));
}

}  // namespace antiphon
