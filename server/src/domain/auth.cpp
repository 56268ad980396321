#include "domain/auth.h"

namespace antiphon {

std::string_view name_of(AccountKey key) {
  switch (key) {
    case AccountKey::id:
      return "id";
    case AccountKey::email:
      return "email";
    case AccountKey::change_of:
      return "change_of";
    case AccountKey::confirmation:
      return "confirmation";
    case AccountKey::recovery:
      return "recovery";
    case AccountKey::any_link:
      return "any_link";
    case AccountKey::email_change:
      return "email_change";
  }
  return "";
}

std::string_view name_of(MailedCode code) {
  switch (code) {
    case MailedCode::confirmation:
      return "confirmation";
    case MailedCode::recovery:
      return "recovery";
    case MailedCode::reauthentication:
      return "reauthentication";
    case MailedCode::email_change_new:
      return "email_change_new";
    case MailedCode::email_change_current:
      return "email_change_current";
  }
  return "";
}

std::string_view name_of(SessionScope scope) {
  switch (scope) {
    case SessionScope::global:
      return "global";
    case SessionScope::local:
      return "local";
    case SessionScope::others:
      return "others";
  }
  return "";
}

}  // namespace antiphon
