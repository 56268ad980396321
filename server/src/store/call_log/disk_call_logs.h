// The CallLogs of the product: one thread writes the logs of all calls.
//
//   DiskCallLogs logs({log, metrics}, {.folder = "…/call-logs"});
//   logs.start();
//   auto sink = logs.open(plan);     // any thread
//   logs.stop();                     // writes what is there
//
// Guarantee  what happened is on its way to the disk within kWake: a kill loses no more.
// Limits     kRoom bytes between a call and the thread; kFileMax a log; kCallsMax at once.
// Files      FOLDER/<workspace>/<conversation>.calllog: everything that was said, to be kept and
//            erased as recordings are. The folder is readable by its owner alone.
// Errors     none reach the call: a log that cannot go on ends, is logged and counted.
// Thread     open(): any. step() is for tests that have no thread: they never call start().
#pragma once

#include "core/log.h"
#include "core/metrics.h"
#include "ports/call_logs.h"

#include <chrono>
#include <filesystem>
#include <memory>

namespace antiphon {

class DiskCallLogs final : public CallLogs {
 public:
  struct Services {
    Log& log;
    Metrics& metrics;
  };
  struct Options {
    std::filesystem::path folder;
  };
  static constexpr std::chrono::milliseconds kWake{200};
  static constexpr std::size_t kRoom = 512 * 1024;
  static constexpr std::size_t kFileMax = std::size_t{1} << 30;
  static constexpr std::size_t kCallsMax = 256;

  DiskCallLogs(const Services& services, Options options);
  ~DiskCallLogs() override;

  void start();
  void stop();
  [[nodiscard]] std::unique_ptr<CallLogSink> open(const SessionPlan& plan) override;
  void step();

 private:
  struct Call;
  class Sink;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace antiphon
