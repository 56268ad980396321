// Sends mail to people: by SMTP, or into a folder where there is none.
//
// send() never waits: it puts the message into a bounded queue and says whether there was room.
// What cannot be delivered is tried again and in the end dropped, counted and logged without its
// address.
// Thread  send(): any.
#pragma once

#include "core/sensitive.h"

#include <string>

namespace antiphon {

struct MailMessage {
  std::string kind;  // "confirm", "recover", …: for logs and metrics
  Sensitive<std::string> to;
  std::string subject;
  Sensitive<std::string> text;
  Sensitive<std::string> html;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  // False when the queue is full.
  virtual bool send(MailMessage message) = 0;
};

}  // namespace antiphon
