// A recorder that keeps what it was given in memory, and allocates nothing while it is given it.
#pragma once

#include "ports/call_recorder.h"

#include <memory>
#include <vector>

namespace antiphon {

class ScriptedRecorder final : public CallRecorder {
 public:
  ScriptedRecorder() {
    caller.reserve(std::size_t{1} << 21);
    agent.reserve(std::size_t{1} << 21);
  }

  [[nodiscard]] std::unique_ptr<CallRecording> open(const Conversation& conversation,
                                                    Timepoint began) override {
    class Recording final : public CallRecording {
     public:
      explicit Recording(ScriptedRecorder& recorder) : recorder_(recorder) {}
      void caller(Timepoint, std::span<const Sample> samples) noexcept override {
        recorder_.caller.insert(recorder_.caller.end(), samples.begin(), samples.end());
      }
      void agent(Timepoint, std::span<const Sample> samples) noexcept override {
        recorder_.agent.insert(recorder_.agent.end(), samples.begin(), samples.end());
      }
      void pause(Timepoint at) override { recorder_.pauses.push_back(at); }
      void resume(Timepoint at) override { recorder_.resumes.push_back(at); }
      void finish() noexcept override { ++recorder_.finished; }

     private:
      ScriptedRecorder& recorder_;
    };
    opened.push_back(conversation.id);
    began_at = began;
    return std::make_unique<Recording>(*this);
  }

  std::vector<ConversationId> opened;
  Timepoint began_at{};
  std::vector<Sample> caller;
  std::vector<Sample> agent;
  std::vector<Timepoint> pauses;
  std::vector<Timepoint> resumes;
  int finished = 0;
};

}  // namespace antiphon
