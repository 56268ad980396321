// One request, from bytes to Request: check_head, then Beast's parser. Inside net/ only.
//
//   RequestParser parser;
//   if (auto refusal = parser.read_head(bytes, fields_max, request)) ...
//   parser.set_body_max(policy.body_max);
//   while (!parser.is_done()) used = parser.read_body(more, refusal);
#pragma once

#include "net/http.h"
#include "net/http_head.h"
#include "net/metrics.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

class RequestParser {
 public:
  RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  // `head` ends with its empty line.
  [[nodiscard]] std::optional<Refusal> read_head(std::string_view head, std::size_t fields_max,
                                                 RequestHead& into);
  [[nodiscard]] const HeadFacts& facts() const { return facts_; }
  [[nodiscard]] bool keeps_alive() const;

  // Also what a chunked body may grow to.
  void set_body_max(std::size_t bytes);
  // How many of `bytes` were used; the rest comes again with more behind it, until is_done().
  [[nodiscard]] std::size_t read_body(std::string_view bytes, std::optional<Refusal>& refusal);
  [[nodiscard]] bool is_done() const;
  [[nodiscard]] std::string take_body();

 private:
  struct Beast;
  std::unique_ptr<Beast> beast_;
  HeadFacts facts_;
  bool has_body_bytes_ = false;
};

}  // namespace antiphon
