// Decides what the agent says next.
//
// Output  text in the order it is to be spoken, as it is made; nullopt after the last.
// Limits  at most 4,000 characters a reply.
// Errors  timeout, unavailable, resource_exhausted, cancelled.
// Thread  the session's executor. Destroying the stream cancels the generation: nothing it asked
//         for happens later.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/agent.h"
#include "domain/conversation.h"
#include "domain/knowledge.h"
#include "domain/turn.h"
#include "domain/usage.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// A function the model may ask for.
struct ToolDescription {
  std::string name;         // letters, digits, _ and -; at most 64
  std::string description;  // what it does and when to use it
  std::string parameters;   // a JSON Schema of its arguments, as text
};

struct ToolCall {
  std::string id;  // the model's own, which its result names
  std::string name;
  std::string arguments;  // JSON as the model wrote it: check before use
};

// A call that was carried out, and what came of it.
struct ToolOutcome {
  ToolCall call;
  std::string result;
};

// The conversation as it was heard: an interrupted reply holds only what reached the caller.
struct ContextTurn {
  Speaker speaker = Speaker::caller;
  std::string text;  // of a turn that did something, may be empty
  // What the turn did before it said this.
  std::vector<ToolOutcome> outcomes = {};
};

struct ReplyRequest {
  GenerationId generation;
  WorkspaceId workspace;
  AgentId agent;
  std::vector<KnowledgeBaseId> knowledge_bases;
  AgentConfiguration configuration;
  std::vector<ContextTurn> history;  // the last is the caller's turn to answer
  // What another model already said of this reply before it failed: go on behind it. A model that
  // cannot says the whole reply.
  std::string begun;
  // What the agent's knowledge says to it; empty where nobody looked, or nothing was found.
  std::vector<Passage> passages = {};
  std::vector<ToolDescription> tools = {};
  // Of this answer, in their order: the model goes on where it asked for them.
  std::vector<ToolOutcome> outcomes = {};
};

enum class ReplyAction : std::uint8_t { none, end_call, hand_over };

struct ReplyChunk {
  std::string text;
  std::vector<Citation> citations;
  ReplyAction action = ReplyAction::none;  // taken after everything said so far was heard
  // The caller cannot stop this text once it sounds ("this call may be recorded").
  bool interruptible = true;
  // What the reply asks for; the last one of a reply holds.
  std::optional<TurnDirective> directive = {};
  // The text up to here stands by itself: it is spoken without waiting for what follows.
  bool whole = false;
  // With the last chunk: the reply waits for their results, which a new request brings back.
  std::vector<ToolCall> tool_calls = {};
  // What the reply cost, where the provider tells; at most one chunk of a reply has it. No part of
  // a call's log.
  std::optional<TokenUsage> usage = {};
};

class ReplyStream {
 public:
  virtual ~ReplyStream() = default;
  // A wait that is cancelled loses nothing: asked again, it gives what the first would have given.
  virtual Task<Result<std::optional<ReplyChunk>>> next() = 0;
};

class LanguageModel {
 public:
  virtual ~LanguageModel() = default;
  [[nodiscard]] virtual std::unique_ptr<ReplyStream> reply(ReplyRequest request) = 0;
  // Who answers on behalf of `configuration`: what its usage is counted under.
  [[nodiscard]] virtual ProviderName provider(const AgentConfiguration&) const { return {}; }
};

}  // namespace antiphon
