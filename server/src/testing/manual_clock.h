// A clock that tests move by hand. Sleepers wake in virtual time, in the order of their deadlines.
//
//   ManualClock clock;
//   clock.advance(20ms);   // then run the loop until idle: testing/run.h
//
// Thread  one.
#pragma once

#include "core/clock.h"

#include <map>
#include <memory>

namespace antiphon {

class ManualClock final : public Clock {
 public:
  // Starts at 2026-01-05 09:00:00 UTC, a Monday.
  ManualClock();
  ~ManualClock() override;

  [[nodiscard]] Timepoint now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return wall_; }
  Task<Result<>> sleep_until(Timepoint deadline) override;

  void advance(Duration step);
  // Civil time alone: what an administrator or a leap second does to a running server.
  void jump_wall(Duration step);
  [[nodiscard]] std::size_t sleeper_count() const;
  // Timepoint::max() when nobody sleeps.
  [[nodiscard]] Timepoint next_deadline() const;

 private:
  struct Sleeper;
  using Sleepers = std::multimap<Timepoint, std::shared_ptr<Sleeper>>;
  class Place;

  Timepoint now_;
  WallTime wall_;
  // Shared with sleeping coroutines: a loop that goes first takes its sleepers out, a clock that
  // goes first leaves them.
  std::shared_ptr<Sleepers> sleepers_;
};

}  // namespace antiphon
