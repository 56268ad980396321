// Where the inputs of calls are kept so that a call can be repeated (engine/call_log.h).
//
//   auto sink = logs.open(plan);                 // null: this call is not kept
//   sink->append(bytes);                         // false: the log has ended here
//
// Limits  what append() is given at once: kCallLogPieceMax bytes. A disk that falls behind ends the
//         log, never the call; what was written before stays readable.
// Thread  append() and destruction: the session's executor; append() allocates, locks and awaits
//         nothing. open(): any.
#pragma once

#include "ports/session_host.h"

#include <cstddef>
#include <memory>
#include <span>

namespace antiphon {

inline constexpr std::size_t kCallLogPieceMax = 64 * 1024;

// Destroying it finishes the log.
class CallLogSink {
 public:
  virtual ~CallLogSink() = default;
  [[nodiscard]] virtual bool append(std::span<const std::byte> bytes) noexcept = 0;
};

class CallLogs {
 public:
  virtual ~CallLogs() = default;
  [[nodiscard]] virtual std::unique_ptr<CallLogSink> open(const SessionPlan& plan) = 0;
};

}  // namespace antiphon
