// A reply that is wanted, as the body of POST /chat/completions.
//
// The model is told what was heard: history holds no word that did not reach the caller.
// Thread  any.
#pragma once

#include "ports/language_model.h"

#include <string>
#include <string_view>

namespace antiphon::openai {

// Two tools of our own, offered where the agent's configuration lets the model act.
inline constexpr std::string_view kEndCall = "end_call";
inline constexpr std::string_view kHandOver = "hand_over";

[[nodiscard]] std::string chat_request(const ReplyRequest& request);

}  // namespace antiphon::openai
