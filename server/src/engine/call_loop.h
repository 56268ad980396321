// The world of one call: its coroutines, its time, and its only way to the outside.
//
// What enters a call from outside is an event: run() sets the call's time, does what the event is,
// and runs every coroutine that it made ready, until none is. So a call is a function of the order
// and the times of its events, whatever else the thread does in between.
//
//   call.run(now, [&] { session.receive(frame); });       // from outside
//   auto answer = co_await call.outside<float>(...);  // inside: the neighbour's answer is an event
//
// A replayed call has no outside: deliver() gives it the answers of the log.
// Limits  what waits outside is bounded by what the session may have under way.
// Thread  the executor of the thread that serves the call. It outlives every coroutine that runs in
//         it. executor() is for coroutines of the call only.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "core/task_group.h"
#include "engine/call_log.h"

#include <boost/asio/execution_context.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace antiphon {

class CallLoop {
 public:
  // A live call.
  CallLoop(Executor outer, Clock& clock);
  // A replayed one: nothing is asked outside.
  explicit CallLoop(Executor outer);
  CallLoop(const CallLoop&) = delete;
  CallLoop& operator=(const CallLoop&) = delete;
  ~CallLoop();

  [[nodiscard]] const Executor& executor() const { return executor_; }
  // Of the event that runs; in whole microseconds where there is a log, which keeps no more.
  [[nodiscard]] Timepoint now() const { return now_; }
  // Civil time at the start of the call and the time since: it never jumps in a call.
  [[nodiscard]] WallTime wall() const;
  [[nodiscard]] static Timepoint rounded(Timepoint time);
  // `log` is told every answer; `on_end` runs at the end of every event.
  void watch(CallLog& log, std::function<void()> on_end) {
    log_ = &log;
    on_end_ = std::move(on_end);
  }
  void set_wall(WallTime wall) {
    wall_ = wall;
    wall_at_ = now_;
  }
  // What a time outside is in this call.
  [[nodiscard]] Timepoint inside(Timepoint time) const {
    return log_ == nullptr ? time : rounded(time);
  }
  [[nodiscard]] Timepoint outer_now() const { return inside(clock_->now()); }

  template <class Event>
  void run(Timepoint now, Event&& event) {
    begin(now);
    std::forward<Event>(event)();
    drain();
    end();
  }
  // run() in steps, for what is done 50 times a second and seldom makes a coroutine ready.
  void begin(Timepoint now) { now_ = now; }
  void drain();
  void end() const {
    if (log_ != nullptr) on_end_();
  }

  // Sleeps by the ticks of the call, which call wake() when somebody is due(): no timer runs
  // outside, and what a tick woke is repeated by that tick. `cancelled` when the sleeper is.
  Task<Result<>> sleep_until(Timepoint deadline);
  [[nodiscard]] bool due(Timepoint now) const noexcept {
    return !sleepers_.empty() && sleepers_.begin()->first <= now;
  }
  void wake();

  // Asks a neighbour: `work` runs outside, its answer comes back as an event. Cancelled, it passes
  // that on, and still waits for what the neighbour says to it.
  template <class T>
  Task<Result<T>> outside(std::function<Task<Result<T>>()> work);
  // What the log says was answered. corrupt: no such question, or no such answer.
  [[nodiscard]] Result<> deliver(std::uint64_t operation, std::span<const std::byte> answer);
  // Every question that waits is answered with `cancelled`.
  void answer_nobody();

 private:
  struct Operation;
  struct Gate;
  template <class T>
  struct Asked;
  struct PrivateExecutor;

  template <class T>
  static Task<> fetch(CallLoop& loop, std::shared_ptr<Asked<T>> asked,
                      std::function<Task<Result<T>>()> work);
  void add(const std::shared_ptr<Operation>& operation);
  Task<> wait_for(std::shared_ptr<Operation> operation);
  void arrived(const std::shared_ptr<Operation>& operation,
               const std::function<void(CallLog&)>& write_answer);
  void execute(std::move_only_function<void()> work) { ready_.push_back(std::move(work)); }

  boost::asio::execution_context& context_;
  Clock* clock_ = nullptr;
  CallLog* log_ = nullptr;
  std::function<void()> on_end_;
  Executor outer_;
  Executor executor_;
  Timepoint now_{};
  WallTime wall_{};
  Timepoint wall_at_{};
  bool draining_ = false;
  std::uint64_t operations_ = 0;
  std::map<std::uint64_t, std::weak_ptr<Operation>> waiting_;
  std::multimap<Timepoint, Gate*> sleepers_;
  std::deque<std::move_only_function<void()>> ready_;
  TaskGroup outside_;
};

struct CallLoop::Operation {
  explicit Operation(const CallLoop& loop);
  virtual ~Operation();
  virtual bool read_answer(LogReader& in) = 0;
  void answer();
  static Task<> until_recalled(std::shared_ptr<Operation> operation);

  std::unique_ptr<Gate> gate;  // opened with the answer
  Mailbox<char> recalled;      // closed when the call wants no answer any more
  std::uint64_t number = 0;
  bool has_answer = false;
};

template <class T>
struct CallLoop::Asked final : Operation {
  using Operation::Operation;
  bool read_answer(LogReader& in) override {
    answer = read_result<T>(in);
    return in.ok() && in.rest().empty();
  }
  Result<T> answer = failure(ErrorCode::cancelled, "nobody answered");
};

template <class T>
Task<> CallLoop::fetch(CallLoop& loop, std::shared_ptr<Asked<T>> asked,
                       std::function<Task<Result<T>>()> work) {
  std::optional<Result<T>> answer;
  const bool finished = co_await detail::wait_first(detail::store_result(work(), answer),
                                                    Operation::until_recalled(asked));
  static_cast<void>(finished);
  if (answer) asked->answer = std::move(*answer);
  loop.arrived(asked,
               [&](CallLog& log) { log.answered(loop.now(), asked->number, asked->answer); });
}

template <class T>
Task<Result<T>> CallLoop::outside(std::function<Task<Result<T>>()> work) {
  const auto asked = std::make_shared<Asked<T>>(*this);
  add(asked);
  if (clock_ != nullptr) outside_.spawn(fetch<T>(*this, asked, std::move(work)));
  co_await wait_for(asked);
  co_return std::move(asked->answer);
}

}  // namespace antiphon
