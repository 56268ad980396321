#include "transports/call_workers.h"

#include "core/mailbox.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace antiphon {

struct CallWorkers::Worker {
  explicit Worker(const Executor& on) : executor(on), calls_group(on), closing_group(on) {}

  Executor executor;
  TaskGroup calls_group;
  TaskGroup closing_group;
  std::set<CarriedCall*> calls;
  bool stopping = false;
};

CallWorkers::CallWorkers() = default;
CallWorkers::~CallWorkers() = default;

std::shared_ptr<CallWorkers::Worker> CallWorkers::worker_of(const Executor& executor) {
  const auto known =
      std::ranges::find(workers_, executor, [](const auto& worker) { return worker->executor; });
  if (known != workers_.end()) return *known;
  return workers_.emplace_back(std::make_shared<Worker>(executor));
}

void CallWorkers::carry(const Executor& executor, Make make) {
  auto run = [](std::shared_ptr<Worker> on, std::unique_ptr<CarriedCall> call) -> Task<> {
    on->calls.insert(call.get());
    if (on->stopping) call->stop();
    co_await call->run();
    on->calls.erase(call.get());
  };
  boost::asio::post(executor,
                    [worker = worker_of(executor), run, make = std::move(make)]() mutable {
                      worker->calls_group.spawn(run(worker, make()));
                    });
}

// Each worker ends its own calls; the API loop waits for the last of them.
Task<> CallWorkers::stop() {
  const Executor here = co_await boost::asio::this_coro::executor;
  const auto ended = std::make_shared<Mailbox<bool>>(here, workers_.size() + 1, WhenFull::refuse);
  auto drain = [](std::shared_ptr<Worker> worker, std::shared_ptr<Mailbox<bool>> done) -> Task<> {
    co_await worker->calls_group.join();
    done->push(true);
  };
  for (const auto& worker : workers_) {
    boost::asio::post(worker->executor, [worker, drain, ended] {
      worker->stopping = true;
      for (CarriedCall* call : worker->calls)
        call->stop();
      worker->closing_group.spawn(drain(worker, ended));
    });
  }
  for (std::size_t count = 0; count < workers_.size(); ++count) {
    if (!co_await ended->receive()) co_return;
  }
}

}  // namespace antiphon
