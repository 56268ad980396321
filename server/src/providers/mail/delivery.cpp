// Where mail goes: to a mail server, or into a folder.
#include "crypto/hash.h"
#include "net/smtp.h"
#include "providers/mail/mail_queue.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

namespace antiphon {

namespace {

namespace fs = std::filesystem;

// "Name <address>" or the address alone.
std::string address_of(const std::string& from) {
  const std::size_t begin = from.rfind('<');
  const std::size_t end = from.rfind('>');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return from;
  return from.substr(begin + 1, end - begin - 1);
}

std::string with_line_ends(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\r') continue;
    if (letter == '\n') out += '\r';
    out += letter;
  }
  return out;
}

// RFC 5322 section 3.3: "Mon, 05 Jan 2026 09:00:00 +0000".
std::string date_of(WallTime at) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at) - day);
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

std::string id_of(const MailMessage& message, WallTime at) {
  const Sha256 digest =
      sha256(fmt::format("{} {}", at.time_since_epoch().count(), message.text.reveal()));
  return to_hex(digest).substr(0, 32);
}

Result<> write_file(const fs::path& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure(ErrorCode::unavailable, "the outbox cannot be written");
  bool whole = true;
  while (whole && !text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    whole = written > 0;
    if (whole) text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(descriptor);
  if (whole) return {};
  return failure(ErrorCode::unavailable, "the outbox cannot be written");
}

void remove_oldest(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".eml") files.push_back(entry.path());
  }
  if (files.size() < kOutboxMax) return;
  std::ranges::sort(files);  // their names begin with the time
  for (std::size_t index = 0; index + kOutboxMax <= files.size(); ++index)
    fs::remove(files[index], error);
}

}  // namespace

std::string mime_of(const MailMessage& message, const std::string& from, WallTime at,
                    std::string_view id) {
  const std::string sender = address_of(from);
  const std::string host = sender.substr(std::min(sender.find('@') + 1, sender.size()));
  const std::string boundary = fmt::format("part-{}", id);
  const auto part = [&](std::string_view type, const std::string& body) {
    return fmt::format(
        "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        boundary, type, with_line_ends(body));
  };
  return fmt::format(
             "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\n"
             "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
             "Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n",
             from, message.to.reveal(), message.subject, date_of(at), id, host, boundary) +
         part("text/plain", message.text.reveal()) + part("text/html", message.html.reveal()) +
         fmt::format("--{}--\r\n", boundary);
}

MailDelivery smtp_delivery(SmtpSettings settings, std::string from, const Clock& clock) {
  return
      [settings = std::move(settings), from = std::move(from), &clock](const MailMessage& message) {
        const WallTime now = clock.wall();
        return send_by_smtp(settings, address_of(from), message.to.reveal(),
                            mime_of(message, from, now, id_of(message, now)));
      };
}

MailDelivery outbox_delivery(fs::path folder, std::string from, const Clock& clock) {
  return [folder = std::move(folder), from = std::move(from),
          &clock](const MailMessage& message) -> Result<> {
    std::error_code error;
    if (fs::create_directories(folder, error)) {
      fs::permissions(folder, fs::perms::owner_all, error);
    }
    remove_oldest(folder);
    const WallTime now = clock.wall();
    const std::string id = id_of(message, now);
    const auto micros =
        std::chrono::floor<std::chrono::microseconds>(now).time_since_epoch().count();
    return write_file(folder / fmt::format("{}-{}-{}.eml", micros, message.kind, id.substr(0, 8)),
                      mime_of(message, from, now, id));
  };
}

}  // namespace antiphon
