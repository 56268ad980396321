// One response, from bytes, by Beast's parser. Inside net/ only.
#pragma once

#include "core/result.h"
#include "net/http.h"

#include <memory>
#include <string>
#include <string_view>

namespace antiphon {

class ResponseParser {
 public:
  // The answer to HEAD has no body whatever its head says.
  ResponseParser(Method request_method, std::size_t body_max);
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;
  ~ResponseParser();

  // How many of `bytes` were used; the rest comes again with more behind it. Errors:
  // protocol_error, too_large.
  Result<std::size_t> read(std::string_view bytes);
  Result<> end_of_stream();
  // For answers that go on for as long as they like and are consumed as they come.
  void lift_body_max();
  [[nodiscard]] bool is_head_done() const;
  [[nodiscard]] bool is_done() const;
  // Status and headers; the body is empty.
  [[nodiscard]] Response head() const;
  // What came since the last call.
  [[nodiscard]] std::string take_body();

 private:
  struct Beast;
  std::unique_ptr<Beast> beast_;
  bool has_body_bytes_ = false;
};

}  // namespace antiphon
