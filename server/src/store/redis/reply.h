// What Redis answers, without hiredis' types.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace antiphon::store {

struct RedisReply {
  enum class Kind : std::uint8_t { nil, integer, text, list, error };
  Kind kind = Kind::nil;
  std::int64_t number = 0;
  std::string text;  // of text and error
  std::vector<RedisReply> items;
};

}  // namespace antiphon::store
