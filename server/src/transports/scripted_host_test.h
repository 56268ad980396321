// A host and a planner for the tests of transports: they note what a call does to them.
#pragma once

#include "ports/conversation_planner.h"
#include "ports/session_host.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

// What one session was given; outlives its handle.
struct ScriptedSession {
  MediaTransport* transport = nullptr;
  std::vector<AudioFrame> frames;
  std::vector<std::string> texts;
  std::vector<std::uint32_t> unplayed;  // samples
  std::vector<EndReason> hang_ups;
};

class ScriptedHandle final : public SessionHandle {
 public:
  explicit ScriptedHandle(ScriptedSession& session) : session_(session) {}
  ~ScriptedHandle() override { session_.transport = nullptr; }

  void receive(const AudioFrame& frame) override { session_.frames.push_back(frame); }
  void receive_text(std::string text) override { session_.texts.push_back(std::move(text)); }
  void report_unplayed(SampleCount samples) override {
    session_.unplayed.push_back(samples.value());
  }
  void hang_up(EndReason reason) override { session_.hang_ups.push_back(reason); }
  Task<> closed() override { co_return; }

 private:
  ScriptedSession& session_;
};

class ScriptedHost final : public SessionHost {
 public:
  ScriptedHost(Executor executor, Clock& clock) : executor_(std::move(executor)), clock_(clock) {}

  Task<Result<>> ready(Timepoint deadline) override {
    if (!is_ready && deadline > clock_.now()) {
      if (auto slept = co_await clock_.sleep_until(deadline); !slept) co_return slept;
    }
    if (is_ready) co_return Result<>{};
    co_return failure(ErrorCode::unavailable, "speech is loading");
  }
  Result<> room() const override {
    if (full) return failure(ErrorCode::unavailable, "as many calls as it can carry");
    return Result<>{};
  }
  Executor pick_executor() override { return executor_; }
  Result<std::unique_ptr<SessionHandle>> start(SessionPlan, MediaTransport& transport,
                                               Executor) override {
    if (refusal) return std::unexpected(*refusal);
    sessions.push_back(std::make_unique<ScriptedSession>());
    sessions.back()->transport = &transport;
    return std::make_unique<ScriptedHandle>(*sessions.back());
  }
  Task<Result<std::unique_ptr<TextReply>>> answer_text(SessionPlan, std::vector<Message>,
                                                       std::string) override {
    co_return failure(ErrorCode::unsupported, "this host only speaks");
  }
  bool end(ConversationId, EndReason) override { return false; }
  std::size_t active_count() const override { return sessions.size(); }

  bool is_ready = true;
  bool full = false;
  std::optional<Error> refusal;
  std::vector<std::unique_ptr<ScriptedSession>> sessions;

 private:
  Executor executor_;
  Clock& clock_;
};

// Knows the token "good".
class ScriptedPlanner final : public ConversationPlanner {
 public:
  Task<Result<SessionPlan>> plan(std::string token) override {
    ++asked;
    if (refusal) co_return std::unexpected(*refusal);
    if (token != "good") co_return failure(ErrorCode::unauthenticated, "the token is wrong");
    co_return SessionPlan{};
  }
  void abandon(const SessionPlan&, EndReason reason) override { abandoned.push_back(reason); }

  std::optional<Error> refusal;
  int asked = 0;
  std::vector<EndReason> abandoned;
};

}  // namespace antiphon
