#include "providers.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace calls {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::string value_of(const std::string& head, const std::string& original, std::string_view field) {
  const std::size_t at = head.find(std::string("\r\n").append(field).append(":"));
  if (at == std::string::npos) return {};
  const std::size_t begin = original.find_first_not_of(' ', at + field.size() + 3);
  return original.substr(begin, original.find("\r\n", begin) - begin);
}

// False: more has to arrive. Clients that do not know a body's size send it in chunks.
bool take_chunks(std::string& input, std::size_t at, std::string& body) {
  while (true) {
    const std::size_t line = input.find("\r\n", at);
    if (line == std::string::npos) return false;
    const std::size_t size = std::strtoul(input.c_str() + at, nullptr, 16);
    if (input.size() < line + 2 + size + 2) return false;
    body.append(input, line + 2, size);
    at = line + 2 + size + 2;
    if (size == 0) break;
  }
  input.erase(0, at);
  return true;
}

}  // namespace

std::optional<HttpRequest> take_request(Connection& connection) {
  std::string& input = connection.link.input;
  const std::size_t end = input.find(kHeadEnd);
  if (end == std::string::npos) return std::nullopt;
  const std::string original = input.substr(0, end + 2);
  HttpRequest request;
  request.head = original;
  std::ranges::transform(request.head, request.head.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  const std::size_t space = original.find(' ');
  request.target = original.substr(space + 1, original.find(' ', space + 1) - space - 1);
  request.key = value_of(request.head, original, "sec-websocket-key");
  const std::size_t begin = end + kHeadEnd.size();
  if (request.head.contains("transfer-encoding: chunked")) {
    if (!take_chunks(input, begin, request.body)) return std::nullopt;
    return request;
  }
  const std::string length = value_of(request.head, original, "content-length");
  const std::size_t size = std::strtoul(length.c_str(), nullptr, 10);
  if (input.size() < begin + size) {
    if (input.size() == begin && request.head.contains("expect: 100")) {
      connection.link.send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return std::nullopt;
  }
  request.body = input.substr(begin, size);
  input.erase(0, begin + size);
  return request;
}

}  // namespace calls
