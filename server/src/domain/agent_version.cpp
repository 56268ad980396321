#include "domain/agent_version.h"

#include <algorithm>
#include <charconv>

namespace antiphon {

Result<VersionChoice> VersionChoice::make(std::string text) {
  const bool counts = !text.empty() && text.size() <= kLengthMax && text.front() != '0' &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!counts && text != "draft" && text != "published") {
    return failure(ErrorCode::invalid_argument, std::string(kRule), {{"", std::string(kRule)}});
  }
  VersionChoice choice;
  choice.value_ = std::move(text);
  return choice;
}

std::optional<std::int64_t> VersionChoice::number() const {
  std::int64_t number = 0;
  const auto read = std::from_chars(value_.data(), value_.data() + value_.size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace antiphon
