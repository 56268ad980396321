// Carries out what a language model asked for: the way from an agent into the systems of its
// workspace.
//
// Input   a call with its arguments as the model wrote them: checked here, never believed.
// Output  what the model is told. A tool that failed has an answer too, which says so.
// Limits  a result of kResultBytesMax; the tool's own timeout.
// Errors  cancelled only: everything else is a ToolAnswer with a problem.
// Thread  any executor; the answer comes back on the one that asked.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/conversation.h"
#include "domain/tool.h"
#include "ports/language_model.h"

#include <boost/describe/enum.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace antiphon {

// Whether what a generation asked for may still be done. One side takes it back, the other one
// commits: the first of them wins, from whatever thread.
class ToolTicket {
 public:
  // Asked right before the tool does anything outside. False: it must not, any more.
  [[nodiscard]] bool commit() noexcept {
    State now = State::open;
    return state_.compare_exchange_strong(now, State::committed) || now == State::committed;
  }
  void revoke() noexcept {
    State now = State::open;
    state_.compare_exchange_strong(now, State::revoked);
  }

 private:
  enum class State : std::uint8_t { open, committed, revoked };
  std::atomic<State> state_{State::open};
};

struct ToolRequest {
  WorkspaceId workspace;
  ConversationId conversation;
  AgentId agent;
  std::vector<KnowledgeBaseId> knowledge_bases;
  Tool tool;
  ToolCall call;
  std::shared_ptr<ToolTicket> ticket;  // the generation that asked is the other owner
};

// Why a tool did not do what it is for.
enum class ToolProblem : std::uint8_t {
  none,
  unknown_tool,   // the agent has none of that name
  bad_arguments,  // they are not what the tool's schema asks for
  not_confirmed,  // it acts, and the caller has not spoken since another tool's result
  limit,          // of calls or time
  timeout,        // nothing came in time
  refused,        // the guard of outbound requests, or a secret that is not there
  unavailable,    // the server is away, or broke off
  status,         // the server answered with a status of 300 or more
  bad_answer,     // not what it said it would be: HTML, no JSON, no such path
  too_large,      // more than the tool may answer
  cancelled,      // taken back before it was done, or cut off with the call
};
BOOST_DESCRIBE_ENUM(ToolProblem, none, unknown_tool, bad_arguments, not_confirmed, limit, timeout,
                    refused, unavailable, status, bad_answer, too_large, cancelled)

struct ToolAnswer {
  std::string result;  // for the model; without any secret
  ToolProblem problem = ToolProblem::none;
  std::string reason;  // of a problem, in one sentence for people
  std::int32_t attempts = 1;
};

class ToolRunner {
 public:
  static constexpr std::size_t kResultBytesMax = 16 * 1024;
  virtual ~ToolRunner() = default;
  virtual Task<Result<ToolAnswer>> run(ToolRequest request) = 0;
};

}  // namespace antiphon
