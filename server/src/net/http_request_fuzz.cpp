// Any bytes as a request: refused, or understood the same way whole and byte by byte.
#include "net/request_parser.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

struct Outcome {
  std::optional<antiphon::Refusal> refusal;
  bool is_done = false;
  std::string body;
  std::string target;
  std::size_t headers = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t step) {
  Outcome outcome;
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return outcome;
  antiphon::RequestParser parser;
  antiphon::RequestHead head;
  outcome.refusal = parser.read_head(bytes.substr(0, end + 4), 100, head);
  if (outcome.refusal) return outcome;
  for (const auto& segment : head.segments) {
    if (segment == ".." || segment.contains('\0')) std::abort();
  }
  outcome.target = head.target;
  outcome.headers = head.headers.size();
  parser.set_body_max(4096);
  std::string buffer;
  auto rest = bytes.substr(end + 4);
  while (!parser.is_done() && !outcome.refusal && !rest.empty()) {
    buffer += rest.substr(0, step);
    rest.remove_prefix(std::min(step, rest.size()));
    buffer.erase(0, parser.read_body(buffer, outcome.refusal));
  }
  outcome.is_done = parser.is_done();
  if (outcome.is_done) outcome.body = parser.take_body();
  if (outcome.body.size() > 4096 && !parser.facts().content_length) std::abort();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, size + 1);
  const auto pieces = read(bytes, 1);
  if (whole.is_done && whole != pieces) std::abort();
  return 0;
}
