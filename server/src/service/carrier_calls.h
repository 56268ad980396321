// Phone calls that a carrier brings: who may bring them, to which agent, and the conversation that
// each becomes.
//
// A call comes with the token of a conversation that was opened before, or with an API key that may
// write conversations (`conversations:write`) and the agent to speak to. The conversation keeps
// which carrier brought it, the carrier's id of the call and the number that was called; the
// caller's own number is not kept.
// Errors  those of CarrierCallPlanner.
// Thread  the API loop; abandon() any.
#pragma once

#include "core/sensitive.h"
#include "ports/carrier_call_planner.h"
#include "ports/secrets.h"
#include "service/access_service.h"
#include "service/conversation_service.h"

#include <optional>
#include <string>

namespace antiphon {

class CarrierCalls final : public CarrierCallPlanner {
 public:
  CarrierCalls(AccessService& access, ConversationService& conversations, SecretVault& secrets)
      : access_(access), conversations_(conversations), secrets_(secrets) {}

  Task<Result<SessionPlan>> plan(CarrierCall call) override;
  void abandon(const SessionPlan& plan, EndReason reason) override;
  Task<Result<std::string>> open(CarrierCall call) override;
  Task<Result<std::optional<Sensitive<std::string>>>> signing_secret(CarrierCall call) override;

 private:
  Task<Result<Principal>> who(const CarrierCall& call);

  AccessService& access_;
  ConversationService& conversations_;
  SecretVault& secrets_;
};

}  // namespace antiphon
