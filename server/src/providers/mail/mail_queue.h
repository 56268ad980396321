// Mail on its way: a bounded queue, one delivery at a time on a thread of its own, and retries.
//
//   MailQueue mailer(executor, mail_thread, clock, log, metrics,
//                    smtp_delivery(settings, "Antiphon <voice@example>"));
//
// Limits  kWaitingMax messages; what is full refuses. Tried kTries times: after 1 s, 10 s, 60 s and
//         300 s again; then dropped, counted and logged without its address.
// Output  mails_total{outcome}: delivered, refused (by the other server), given_up, queue_full.
// Thread  the executor; stop() ends what waits, not the delivery that runs (kSmtpTimeout).
#pragma once

#include "core/log.h"
#include "core/mailbox.h"
#include "core/metrics.h"
#include "core/task_group.h"
#include "ports/mailer.h"

#include <filesystem>
#include <functional>
#include <string>

namespace antiphon {

struct SmtpSettings;

// Blocks. protocol_error: never again; any other error: later.
using MailDelivery = std::function<Result<>(const MailMessage&)>;

// `from` is "Name <address>" or an address.
[[nodiscard]] MailDelivery smtp_delivery(SmtpSettings settings, std::string from,
                                         const Clock& clock);
// A file for each message in `folder` (0700), mode 0600; at most kOutboxMax, the oldest go.
[[nodiscard]] MailDelivery outbox_delivery(std::filesystem::path folder, std::string from,
                                           const Clock& clock);
inline constexpr std::size_t kOutboxMax = 1'000;

// RFC 5322 and RFC 2046: a text and an HTML part.
[[nodiscard]] std::string mime_of(const MailMessage& message, const std::string& from,
                                  WallTime date, std::string_view id);

class MailQueue final : public Mailer {
 public:
  static constexpr std::size_t kWaitingMax = 256;
  static constexpr std::size_t kTries = 5;

  MailQueue(Executor executor, Executor thread, Clock& clock, Log& log, Metrics& metrics,
            MailDelivery deliver);

  bool send(MailMessage message) override;
  Task<> stop();

 private:
  Task<> run();
  Task<bool> deliver(const MailMessage& message);

  Executor thread_;
  Clock& clock_;
  Log& log_;
  MailDelivery deliver_;
  Counter& delivered_;
  Counter& refused_;
  Counter& given_up_;
  Counter& full_;
  Mailbox<MailMessage> waiting_;
  TaskGroup group_;
};

}  // namespace antiphon
