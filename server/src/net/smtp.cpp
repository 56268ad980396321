#include "net/smtp.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>

namespace antiphon {

namespace {

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Upload {
  std::string_view rest;
};

std::size_t read_upload(char* buffer, std::size_t size, std::size_t count, void* user) {
  auto& upload = *static_cast<Upload*>(user);
  const std::size_t length = std::min(size * count, upload.rest.size());
  std::memcpy(buffer, upload.rest.data(), length);
  upload.rest.remove_prefix(length);
  return length;
}

std::optional<std::string> decode_percent(std::string_view text) {
  const auto value = [](char digit) -> int {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '%') {
      out += text[index];
      continue;
    }
    if (index + 2 >= text.size()) return std::nullopt;
    const int high = value(text[index + 1]);
    const int low = value(text[index + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    index += 2;
  }
  return out;
}

bool is_this_machine(std::string_view url) {
  const std::size_t begin = url.find("://");
  const std::string_view host = url.substr(begin + 3);
  return std::ranges::any_of(
      std::array<std::string_view, 3>{"localhost", "127.0.0.1", "[::1]"}, [&](auto known) {
        return host.starts_with(known) && (host.size() == known.size() ||
                                           host[known.size()] == ':' || host[known.size()] == '/');
      });
}

std::unexpected<Error> refuse_url() {
  return failure(ErrorCode::invalid_argument,
                 "the SMTP server is smtp://user:password@host:587 or smtps://…:465");
}

Error error_of(CURLcode code, long status) {
  const std::string message = fmt::format("the mail server did not take the message: {} ({})",
                                          curl_easy_strerror(code), status);
  const bool refused = status >= 500 && code != CURLE_LOGIN_DENIED;
  return {refused ? ErrorCode::protocol_error : ErrorCode::unavailable, message};
}

}  // namespace

Result<SmtpSettings> parse_smtp_url(std::string_view url) {
  const std::size_t begin = url.find("://");
  if (begin == std::string_view::npos) return refuse_url();
  const std::string_view scheme = url.substr(0, begin);
  std::string_view rest = url.substr(begin + 3);
  if ((scheme != "smtp" && scheme != "smtps") || rest.empty()) return refuse_url();
  SmtpSettings settings;
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = rest.substr(0, at);
    const std::size_t colon = login.find(':');
    auto user = decode_percent(login.substr(0, colon));
    auto password = decode_percent(colon == std::string_view::npos ? "" : login.substr(colon + 1));
    if (!user || !password) return refuse_url();
    settings.user = std::move(*user);
    settings.password = Sensitive(std::move(*password));
    rest.remove_prefix(at + 1);
  }
  if (rest.empty() || rest.contains('/')) return refuse_url();
  settings.url = fmt::format("{}://{}", scheme, rest);
  return settings;
}

Result<> send_by_smtp(const SmtpSettings& settings, const std::string& from, const std::string& to,
                      const std::string& message) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, FreeEasy> handle(curl_easy_init());
  const std::unique_ptr<curl_slist, FreeList> recipients(
      curl_slist_append(nullptr, fmt::format("<{}>", to).c_str()));
  if (!handle || !recipients) return failure(ErrorCode::resource_exhausted, "out of memory");
  Upload upload{message};
  const std::string sender = fmt::format("<{}>", from);
  CURL* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, settings.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(kSmtpTimeout.count()));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(
      curl, CURLOPT_USE_SSL,
      static_cast<long>(is_this_machine(settings.url) ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!settings.certificate_authorities.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, settings.certificate_authorities.c_str());
  }
  if (!settings.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, settings.password.reveal().c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &read_upload);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK) return {};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return std::unexpected(error_of(code, status));
}

}  // namespace antiphon
