#include "service/auth/auth_types.h"

namespace antiphon {

std::unexpected<AuthFault> fault(int status, std::string_view code, std::string message) {
  return std::unexpected(AuthFault{status, std::string(code), std::move(message)});
}

std::unexpected<AuthFault> fault_of(const Error& error) {
  if (error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout ||
      error.code == ErrorCode::resource_exhausted) {
    return fault(503, "unexpected_failure", "The service is busy, try again");
  }
  return fault(500, "unexpected_failure", "Internal Server Error");
}

std::string AuthCall::text(std::string_view member) const {
  const json::Value* value = body.find(member);
  return value != nullptr && value->if_text() != nullptr ? *value->if_text() : std::string();
}

std::string AuthCall::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace antiphon
