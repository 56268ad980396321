// Call logs in memory: what a simulated call was, to repeat it.
#pragma once

#include "ports/call_logs.h"

#include <memory>
#include <vector>

namespace antiphon {

class MemoryCallLogs final : public CallLogs {
 public:
  struct Kept {
    SessionPlan plan;
    std::vector<std::byte> log;
  };

  [[nodiscard]] std::unique_ptr<CallLogSink> open(const SessionPlan& plan) override {
    class Sink final : public CallLogSink {
     public:
      explicit Sink(std::shared_ptr<Kept> kept) : kept_(std::move(kept)) {}
      bool append(std::span<const std::byte> bytes) noexcept override {
        kept_->log.insert(kept_->log.end(), bytes.begin(), bytes.end());
        return true;
      }

     private:
      std::shared_ptr<Kept> kept_;
    };
    calls.push_back(std::make_shared<Kept>(Kept{plan, {}}));
    return std::make_unique<Sink>(calls.back());
  }

  std::vector<std::shared_ptr<Kept>> calls;  // shared with their sinks
};

}  // namespace antiphon
