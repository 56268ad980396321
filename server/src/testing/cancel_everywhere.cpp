#include "testing/cancel_everywhere.h"

#include "testing/manual_clock.h"
#include "testing/run.h"

namespace antiphon {

namespace {

constexpr std::size_t kPointsMax = 10'000;

// One handler, or when none is ready the next instant somebody waits for. False: nothing is left to
// do.
bool step(boost::asio::io_context& loop, ManualClock& clock) {
  loop.restart();
  if (loop.poll_one() > 0) return true;
  if (clock.sleeper_count() == 0) return false;
  clock.advance(clock.next_deadline() - clock.now());
  return true;
}

// True when the body was still running at `point`, so that the cancellation met it.
bool cancel_at(const CancelBody& body, std::size_t point, bool& ended) {
  boost::asio::io_context loop;
  ManualClock clock;
  TaskGroup group(loop.get_executor());
  group.spawn(body(loop.get_executor(), clock));
  for (std::size_t index = 0; index < point; ++index) {
    if (!step(loop, clock)) break;
  }
  if (group.size() == 0) return false;
  group.cancel();
  run_until_idle(loop);
  ended = group.size() == 0;
  return true;
}

}  // namespace

CancelReport cancel_everywhere(const CancelBody& body) {
  CancelReport report;
  bool ended = false;
  while (report.points < kPointsMax && cancel_at(body, report.points, ended)) {
    if (!ended) report.stuck.push_back(report.points);
    ++report.points;
  }
  return report;
}

}  // namespace antiphon
