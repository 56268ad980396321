#include "transports/media_streams/carrier_signature.h"

#include "core/base64.h"
#include "crypto/foreign_signature.h"
#include "crypto/hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <span>

namespace antiphon {

namespace {

constexpr std::size_t kFieldsMax = 200;

std::unexpected<Error> refused(std::string_view why) {
  return failure(ErrorCode::unauthenticated,
                 fmt::format("the carrier's signature {}; see the guide for carriers", why));
}

std::optional<char> hex_pair(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() != 2 || error != std::errc() || end != text.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

std::optional<std::string> form_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+') {
      decoded += ' ';
    } else if (text[at] == '%') {
      const auto character = hex_pair(text.substr(at + 1, 2));
      if (!character) return std::nullopt;
      decoded += *character;
      at += 2;
    } else {
      decoded += text[at];
    }
  }
  return decoded;
}

bool same(std::string_view left, std::string_view right) {
  return constant_time_equal(std::as_bytes(std::span(left)), std::as_bytes(std::span(right)));
}

// Each name once with its values, both sorted.
std::map<std::string, std::multiset<std::string>> sorted(const FormFields& fields) {
  std::map<std::string, std::multiset<std::string>> by_name;
  for (const auto& [name, value] : fields)
    by_name[name].insert(value);
  return by_name;
}

Result<> check_twilio(const Request& request, const FormFields& form, std::string_view secret) {
  const auto given = request.headers.find("X-Twilio-Signature");
  if (!given) return refused("is missing");
  std::string fields;
  for (const auto& [name, values] : sorted(form)) {
    const std::set<std::string> once(values.begin(), values.end());
    for (const std::string& value : once)
      fields += name + value;
  }
  // Twilio signs with or without the port, whichever its network happened to write.
  const std::string url = url_of(request);
  const std::size_t host = url.find("://") + 3;
  const std::size_t path = std::min(url.find('/', host), url.size());
  const std::size_t port = url.find(':', host);
  std::string other = url;
  if (port < path) {
    other.erase(port, path - port);
  } else {
    other.insert(path, request.is_secure ? ":443" : ":80");
  }
  bool fits = false;
  for (const std::string& signed_url : {url, other})
    fits = same(base64_encode(hmac_sha1(secret, signed_url + fields)), *given) || fits;
  if (!fits) return refused("is wrong");
  return {};
}

Result<> check_telnyx(const Request& request, std::string_view secret, WallTime now) {
  const auto key = base64_decode(secret);
  if (!key || key->size() != 32) {
    return failure(ErrorCode::corrupt, "the secret carrier-telnyx is no public key of Telnyx");
  }
  const auto given = request.headers.find("Telnyx-Signature-Ed25519");
  const auto stamp = request.headers.find("Telnyx-Timestamp");
  if (!given || !stamp) return refused("is missing");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(stamp->data(), stamp->data() + stamp->size(), seconds);
  if (error != std::errc() || end != stamp->data() + stamp->size()) return refused("has no time");
  const std::int64_t here =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const std::int64_t life = std::chrono::seconds(kSignatureLife).count();
  if (seconds < here - life || seconds > here + life) return refused("is not of now");
  const auto signature = base64_decode(*given);
  if (!signature ||
      !ed25519_verifies(*key, fmt::format("{}|{}", *stamp, request.body), *signature)) {
    return refused("is wrong");
  }
  return {};
}

Result<> check_plivo(const Request& request, const FormFields& form, std::string_view secret) {
  const auto given = request.headers.find("X-Plivo-Signature-V3");
  const auto nonce = request.headers.find("X-Plivo-Signature-V3-Nonce");
  if (!given || !nonce) return refused("is missing");
  const std::string url = url_of(request);
  std::string text = url.substr(0, url.find('?'));
  std::string query;
  for (const auto& [name, values] : sorted(request.query)) {
    for (const std::string& value : values)
      query += fmt::format("{}{}={}", query.empty() ? "" : "&", name, value);
  }
  if (!query.empty() || !form.empty()) text += '?' + query;
  if (!query.empty() && !form.empty()) text += '.';
  for (const auto& [name, values] : sorted(form)) {
    for (const std::string& value : values)
      text += name + value;
  }
  text += fmt::format(".{}", *nonce);
  const std::string expected =
      base64_encode(hmac_sha256(std::as_bytes(std::span(secret)), std::as_bytes(std::span(text))));
  // One for each auth token that the account has at the moment.
  bool fits = false;
  std::string_view rest = *given;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    fits = same(rest.substr(0, end), expected) || fits;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!fits) return refused("is wrong");
  return {};
}

}  // namespace

Result<FormFields> parse_form(std::string_view body) {
  FormFields fields;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) return failure(ErrorCode::protocol_error, "the form is not encoded well");
    if (fields.size() == kFieldsMax) {
      return failure(ErrorCode::too_large, "a form has at most 200 fields");
    }
    fields.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

std::string url_of(const Request& request) {
  return fmt::format("{}://{}{}", request.is_secure ? "https" : "http",
                     request.headers.find("Host").value_or(""), request.target);
}

Result<> check_signature(StreamDialect carrier, const Request& request, const FormFields& form,
                         std::string_view secret, WallTime now) {
  switch (carrier) {
    case StreamDialect::twilio:
      return check_twilio(request, form, secret);
    case StreamDialect::telnyx:
      return check_telnyx(request, secret, now);
    case StreamDialect::plivo:
      return check_plivo(request, form, secret);
  }
  return refused("is of nobody we know");
}

}  // namespace antiphon
