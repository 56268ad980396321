#include "json/rfc3339.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace antiphon {

namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::sys_days;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

// Reads from the front of a text; once something is missing, nothing more is accepted.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t index = 0; index < digits; ++index) {
      if (text_.empty() || !is_digit(text_.front())) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }

  bool skip(char first, char second) {
    if (text_.empty() || (text_.front() != first && text_.front() != second)) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char first, char second) {
    if (!skip(first, second)) good_ = false;
  }

  // The digits after a decimal point, as microseconds.
  microseconds fraction() {
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; !text_.empty() && is_digit(text_.front()); ++digits, text_.remove_prefix(1)) {
      if (digits < 6) value = value * 10 + (text_.front() - '0');
    }
    if (digits == 0) good_ = false;
    for (; digits < 6; ++digits)
      value *= 10;
    return microseconds(value);
  }

  std::chrono::minutes offset() {
    if (skip('Z', 'z')) return {};
    const bool west = !text_.empty() && text_.front() == '-';
    expect('+', '-');
    const int hours = number(2);
    expect(':', ':');
    const int minutes = number(2);
    if (hours > 23 || minutes > 59) good_ = false;
    const std::chrono::minutes ahead(hours * 60 + minutes);
    return west ? -ahead : ahead;
  }

  [[nodiscard]] bool finished() const { return good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool good_ = true;
};

using Microtime = std::chrono::time_point<std::chrono::system_clock, microseconds>;

constexpr Microtime kFirst = sys_days(std::chrono::year(1678) / 1 / 1);
constexpr Microtime kLast = sys_days(std::chrono::year(2262) / 1 / 1);

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<microseconds>(time - day));
  const auto subseconds = clock.subseconds().count();
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  text += subseconds % 1000 == 0 ? fmt::format("{:03}Z", subseconds / 1000)
                                 : fmt::format("{:06}Z", subseconds);
  return text;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  Scanner scanner(text);
  const std::chrono::year year(scanner.number(4));
  scanner.expect('-', '-');
  const std::chrono::month month(static_cast<unsigned>(scanner.number(2)));
  scanner.expect('-', '-');
  const std::chrono::day day(static_cast<unsigned>(scanner.number(2)));
  scanner.expect('T', 't');
  const std::chrono::hours hours(scanner.number(2));
  scanner.expect(':', ':');
  const std::chrono::minutes minutes(scanner.number(2));
  scanner.expect(':', ':');
  const std::chrono::seconds seconds(scanner.number(2));
  const microseconds fraction = scanner.skip('.', '.') ? scanner.fraction() : microseconds(0);
  const std::chrono::minutes offset = scanner.offset();
  const std::chrono::year_month_day date(year, month, day);
  if (!scanner.finished() || !date.ok() || hours.count() > 23 || minutes.count() > 59 ||
      seconds.count() > 60) {
    return std::nullopt;
  }
  // Compared in microseconds: the nanoseconds of WallTime reach from 1677 to 2262 only.
  const Microtime time = Microtime(sys_days(date)) + hours + minutes + seconds + fraction - offset;
  if (time < kFirst || time >= kLast) return std::nullopt;
  return WallTime(time);
}

}  // namespace antiphon
