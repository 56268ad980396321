#include "net/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace antiphon {

namespace beast = boost::beast;

struct RequestParser::Beast {
  beast::http::request_parser<beast::http::string_body> parser;
};

RequestParser::RequestParser() : beast_(std::make_unique<Beast>()) {
  // The connection has measured the head already; Content-Length is compared with the route's limit
  // there.
  beast_->parser.header_limit(1u << 20);
  beast_->parser.body_limit(boost::none);
}

RequestParser::~RequestParser() = default;

std::optional<Refusal> RequestParser::read_head(std::string_view head, std::size_t fields_max,
                                                RequestHead& into) {
  const auto facts = check_head(head, fields_max);
  if (!facts) return facts.error();
  facts_ = *facts;
  beast::error_code error;
  const auto used = beast_->parser.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error || used != head.size() || !beast_->parser.is_header_done()) {
    return Refusal::request_malformed;
  }
  const auto& message = beast_->parser.get();
  into.method_text = std::string(message.method_string());
  into.method = parse_method(into.method_text);
  into.target = std::string(message.target());
  for (const auto& field : message) {
    into.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  return split_target(into);
}

bool RequestParser::keeps_alive() const { return beast_->parser.keep_alive(); }

void RequestParser::set_body_max(std::size_t bytes) { beast_->parser.body_limit(bytes); }

std::size_t RequestParser::read_body(std::string_view bytes, std::optional<Refusal>& refusal) {
  if (facts_.is_chunked && !has_body_bytes_ && is_incomplete_last_chunk(bytes)) return 0;
  beast_->parser.eager(true);
  beast::error_code error;
  const auto used = beast_->parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  has_body_bytes_ |= used > 0;
  if (error == beast::http::error::need_more) return used;
  if (error == beast::http::error::body_limit) {
    refusal = Refusal::body_too_large;
  } else if (error) {
    refusal = Refusal::body_malformed;
  }
  return used;
}

bool RequestParser::is_done() const { return beast_->parser.is_done(); }

std::string RequestParser::take_body() { return std::move(beast_->parser.get().body()); }

}  // namespace antiphon
