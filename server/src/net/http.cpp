#include "net/http.h"

#include "core/log.h"
#include "core/utf8.h"
#include "net/upgraded_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{
    {Method::get, "GET"},
    {Method::head, "HEAD"},
    {Method::post, "POST"},
    {Method::put, "PUT"},
    {Method::patch, "PATCH"},
    {Method::del, "DELETE"},
    {Method::options, "OPTIONS"},
}};

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equal_without_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view name_of(Method method) {
  for (const auto& [known, name] : kMethods) {
    if (known == method) return name;
  }
  return "OTHER";
}

Method parse_method(std::string_view name) {
  for (const auto& [known, text] : kMethods) {
    if (text == name) return known;
  }
  return Method::other;
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  erase(name);
  add(std::move(name), std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return equal_without_case(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (equal_without_case(field, name)) return value;
  }
  return std::nullopt;
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  for (const auto& [field, value] : fields_) {
    if (!equal_without_case(field, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (equal_without_case(trim(rest.substr(0, comma)), token)) return true;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return false;
}

std::string_view RequestHead::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::optional<std::string_view> RequestHead::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool RequestHead::wants_websocket() const {
  return method == Method::get && headers.has_token("Connection", "upgrade") &&
         headers.has_token("Upgrade", "websocket");
}

Response make_problem(int status, std::string_view code, std::string_view title) {
  Response response{.status = status, .headers = {}, .body = {}};
  response.headers.add("Content-Type", "application/problem+json");
  response.body = R"({"type":"about:blank","title":)";
  append_json_string(response.body, title);
  response.body += fmt::format(R"(,"status":{},"code":)", status);
  append_json_string(response.body, code);
  // The members that every problem of the contract has.
  response.body += R"(,"detail":)";
  append_json_string(response.body, title);
  response.body += R"(,"issues":[]})";
  return response;
}

std::unique_ptr<UpgradedSocket> ResponseWriter::take_socket() { return nullptr; }

Task<Result<>> start_event_stream(ResponseWriter& writer) {
  Headers headers;
  headers.add("Content-Type", "text/event-stream");
  headers.add("Cache-Control", "no-cache");
  headers.add("X-Accel-Buffering", "no");  // nginx holds streams back without it
  co_return co_await writer.start(200, std::move(headers));
}

}  // namespace antiphon
