// How far a carrier has played what it was sent: it returns each mark when the sound before it has
// been heard.
//
// Output  a mark every kEvery frames; for a mark that comes back, the frames written since, which
//         the caller has not heard yet.
// Limits  what a clear threw away comes back as marks too: those say nothing, and are passed over.
// Thread  one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

class PlayoutMarks {
 public:
  static constexpr std::uint64_t kEvery = 10;  // 200 ms
  static constexpr std::string_view kLast = "end";

  // A frame was written. The name of the mark to write behind it, if one is due.
  [[nodiscard]] std::optional<std::string> wrote_frame();
  void cleared() { cleared_ = written_; }
  // Frames behind the mark; nothing for a mark that says nothing.
  [[nodiscard]] std::optional<std::uint64_t> reached(std::string_view name) const;
  [[nodiscard]] bool has_written() const { return written_ > cleared_; }

 private:
  std::uint64_t written_ = 0;
  std::uint64_t cleared_ = 0;  // frames that were written before the last clear
};

}  // namespace antiphon
