// One typed turn of a conversation: a message in, a stream of text out, both in the journal.
//
// What was said was heard. The caller's message is recorded before the first text, the agent's once
// the stream has ended or was dropped half-way (then with what was given out, interrupted).
// Thread  whoever awaits next().
#pragma once

#include "core/random.h"
#include "engine/typed_tools.h"
#include "ports/conversation_journal.h"
#include "ports/language_model.h"
#include "ports/session_host.h"

#include <memory>
#include <string>
#include <vector>

namespace antiphon {

struct TextServices {
  Clock& clock;
  Random& random;
  ConversationJournal& journal;
  LanguageModel& language_model;
  std::shared_ptr<TypedDesk> tools = {};  // null: the agent has none; the host is the other owner
};

[[nodiscard]] std::unique_ptr<TextReply> make_text_reply(const TextServices& services,
                                                         SessionPlan plan,
                                                         const std::vector<Message>& history,
                                                         std::string text);

}  // namespace antiphon
