// A mailer that keeps what it is given. For tests only.
#pragma once

#include "ports/mailer.h"

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct KeptMail final : Mailer {
  std::vector<MailMessage> sent;
  bool has_room = true;

  bool send(MailMessage message) override {
    if (has_room) sent.push_back(std::move(message));
    return has_room;
  }
  // What follows `before` in the latest message, `length` characters of it.
  [[nodiscard]] std::string after(std::string_view before, std::size_t length) const {
    const std::string& text = sent.back().text.reveal();
    const std::size_t at = text.find(before);
    return at == std::string::npos ? "" : text.substr(at + before.size(), length);
  }
  [[nodiscard]] std::string code() const { return after("Or enter this code: ", 6); }
  [[nodiscard]] std::string link() const { return after("/verify?token=", 56); }
};

}  // namespace antiphon
