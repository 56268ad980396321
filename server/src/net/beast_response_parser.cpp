#include "net/http_head.h"
#include "net/response_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace antiphon {

namespace beast = boost::beast;

namespace {

constexpr std::uint32_t kHeaderBytesMax = 64 * 1024;

std::unexpected<Error> refused(const beast::error_code& error) {
  if (error == beast::http::error::body_limit || error == beast::http::error::header_limit) {
    return failure(ErrorCode::too_large, "the answer is over the client's limit");
  }
  return failure(ErrorCode::protocol_error, "the answer is not valid HTTP: " + error.message());
}

}  // namespace

struct ResponseParser::Beast {
  beast::http::response_parser<beast::http::string_body> parser;
};

ResponseParser::ResponseParser(Method request_method, std::size_t body_max)
    : beast_(std::make_unique<Beast>()) {
  beast_->parser.header_limit(kHeaderBytesMax);
  beast_->parser.body_limit(body_max);
  beast_->parser.skip(request_method == Method::head);
}

ResponseParser::~ResponseParser() = default;

Result<std::size_t> ResponseParser::read(std::string_view bytes) {
  const bool in_body = beast_->parser.is_header_done();
  if (in_body && beast_->parser.chunked() && !has_body_bytes_ && is_incomplete_last_chunk(bytes)) {
    return std::size_t{0};
  }
  // The head alone first, so that the first chunk can be looked at.
  beast_->parser.eager(in_body);
  beast::error_code error;
  const auto used = beast_->parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error && error != beast::http::error::need_more) return refused(error);
  has_body_bytes_ |= in_body && used > 0;
  return used;
}

Result<> ResponseParser::end_of_stream() {
  beast::error_code error;
  if (!beast_->parser.got_some()) {
    return failure(ErrorCode::closed, "the server closed the connection without an answer");
  }
  beast_->parser.put_eof(error);
  if (error) return refused(error);
  return {};
}

void ResponseParser::lift_body_max() { beast_->parser.body_limit(boost::none); }

bool ResponseParser::is_head_done() const { return beast_->parser.is_header_done(); }

bool ResponseParser::is_done() const { return beast_->parser.is_done(); }

Response ResponseParser::head() const {
  const auto& message = beast_->parser.get();
  Response response{.status = static_cast<int>(message.result_int()), .headers = {}, .body = {}};
  for (const auto& field : message) {
    response.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  return response;
}

std::string ResponseParser::take_body() { return std::exchange(beast_->parser.get().body(), {}); }

}  // namespace antiphon
