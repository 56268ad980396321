#include "transports/media_streams/playout_marks.h"

#include <charconv>

namespace antiphon {

std::optional<std::string> PlayoutMarks::wrote_frame() {
  if (++written_ % kEvery != 0) return std::nullopt;
  return "f" + std::to_string(written_);
}

std::optional<std::uint64_t> PlayoutMarks::reached(std::string_view name) const {
  if (!name.starts_with('f')) return std::nullopt;
  std::uint64_t frames = 0;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), frames);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (frames > written_ || frames <= cleared_) return std::nullopt;
  return written_ - frames;
}

}  // namespace antiphon
