// Runs conversations. Implemented by the engine; called by services and transports.
//
// A spoken session lives on one media worker for life: create() posts there, SessionHandle's
// members post there.
// Errors  unavailable while speech is still loading, and when there is no room for another call;
//         closed when the conversation was ended before its session began.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"
#include "domain/agent.h"
#include "domain/conversation.h"
#include "domain/principal.h"
#include "domain/tool.h"
#include "ports/media_transport.h"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// One call between its plan and the end of its session: it lives as long as either does.
struct CallHold {
  // Ended before there was a session to end: start() then refuses it with `closed`.
  std::atomic<bool> called_off{false};
};

// Everything a session needs to know about who speaks with whom.
struct SessionPlan {
  Conversation conversation;
  AgentConfiguration configuration;
  std::vector<KnowledgeBaseId> knowledge_bases;
  std::vector<Tool> tools = {};  // those that the configuration names, as they are now
  TurnDirective opening = {};    // what the greeting asks of the caller's first turn
  // Of a spoken conversation; the service that planned it watches it through a weak_ptr.
  std::shared_ptr<CallHold> hold = {};
};

// Given to a transport once its session runs. Thread: the session's executor.
class SessionHandle {
 public:
  virtual ~SessionHandle() = default;
  virtual void receive(const AudioFrame& frame) = 0;
  // Text from the caller (typed): answered like speech.
  virtual void receive_text(std::string text) = 0;
  // Of what was sent, the far side still holds so much and has not played it. Said whenever it is
  // known anew; it counts against what was heard when the caller interrupts, and clear() throws it
  // away. A transport whose far side plays at once never says it.
  virtual void report_unplayed(SampleCount samples) = 0;
  // The wire ended. Safe to call twice; the handle stays valid until it is destroyed.
  virtual void hang_up(EndReason reason) = 0;
  // Kept alive until the session has flushed its last words to the journal.
  virtual Task<> closed() = 0;
};

struct TextReplyChunk {
  std::string text;
  std::vector<Citation> citations;
  bool ends_conversation = false;
};

class TextReply {
 public:
  virtual ~TextReply() = default;
  virtual Task<Result<std::optional<TextReplyChunk>>> next() = 0;
};

class SessionHost {
 public:
  virtual ~SessionHost() = default;
  // Returns at once when speech is ready; unavailable when it is still loading at `deadline`.
  [[nodiscard]] virtual Task<Result<>> ready(Timepoint deadline) = 0;
  // unavailable when one more call would harm those that run: transports refuse it before it costs
  // anything, with 503 or as their carrier does. Any thread.
  [[nodiscard]] virtual Result<> room() const { return Result<>{}; }
  // Picks the worker; transports run their socket there too.
  [[nodiscard]] virtual Executor pick_executor() = 0;
  // Call on the executor that pick_executor() gave; `transport` outlives the handle.
  [[nodiscard]] virtual Result<std::unique_ptr<SessionHandle>> start(SessionPlan plan,
                                                                     MediaTransport& transport,
                                                                     Executor executor) = 0;
  // A typed conversation: one turn in, a stream of text out. Any executor.
  [[nodiscard]] virtual Task<Result<std::unique_ptr<TextReply>>> answer_text(
      SessionPlan plan, std::vector<Message> history, std::string text) = 0;
  // Ends a running spoken conversation; false when it is not here.
  [[nodiscard]] virtual bool end(ConversationId conversation, EndReason reason) = 0;
  // Keeps what is said from now on out of the recording, or ends that. False: the conversation does
  // not run here, or is not recorded. Any thread.
  [[nodiscard]] virtual bool pause_recording(ConversationId) { return false; }
  [[nodiscard]] virtual bool resume_recording(ConversationId) { return false; }
  [[nodiscard]] virtual std::size_t active_count() const = 0;
};

}  // namespace antiphon
