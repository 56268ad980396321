#include "store/call_log/disk_call_logs.h"

#include "core/mutex.h"
#include "store/call_log/call_log_file.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace antiphon {

// Bytes of one call from its media thread to the writer: one writer, one reader, no lock.
struct DiskCallLogs::Call {
  explicit Call(SessionPlan made) : plan(std::move(made)), ring(kRoom) {}

  bool push(std::span<const std::byte> bytes) noexcept {
    const std::size_t at = written.load(std::memory_order_relaxed);
    if (bytes.size() > kRoom - (at - taken.load(std::memory_order_acquire))) return false;
    const std::size_t place = at % kRoom;
    const std::size_t first = std::min(bytes.size(), kRoom - place);
    std::memcpy(ring.data() + place, bytes.data(), first);
    std::memcpy(ring.data(), bytes.data() + first, bytes.size() - first);
    written.store(at + bytes.size(), std::memory_order_release);
    return true;
  }
  [[nodiscard]] std::string pop() {
    const std::size_t from = taken.load(std::memory_order_relaxed);
    const std::size_t count = written.load(std::memory_order_acquire) - from;
    const std::size_t place = from % kRoom;
    const std::size_t first = std::min(count, kRoom - place);
    std::string bytes(ring.data() + place, first);
    bytes.append(ring.data(), count - first);
    taken.store(from + count, std::memory_order_release);
    return bytes;
  }

  SessionPlan plan;
  std::vector<char> ring;
  alignas(64) std::atomic<std::size_t> written{0};
  alignas(64) std::atomic<std::size_t> taken{0};
  std::atomic<bool> finished{false};
  std::atomic<bool> lost{false};    // the ring was full
  std::atomic<bool> broken{false};  // the disk does not take it
  // Of the writer thread:
  CallLogFile file;
  bool made = false;
  std::size_t size = 0;
};

class DiskCallLogs::Sink final : public CallLogSink {
 public:
  explicit Sink(std::shared_ptr<Call> call) : call_(std::move(call)) {}
  ~Sink() override { call_->finished.store(true, std::memory_order_release); }
  bool append(std::span<const std::byte> bytes) noexcept override {
    if (call_->broken.load(std::memory_order_relaxed)) return false;
    if (call_->push(bytes)) return true;
    call_->lost.store(true, std::memory_order_relaxed);
    return false;
  }

 private:
  std::shared_ptr<Call> call_;  // the writer is the other owner, until it has written the last byte
};

struct DiskCallLogs::State {
  State(const Services& given, Options wanted)
      : services(given),
        options(std::move(wanted)),
        ended_early(services.metrics.counter("antiphon_call_logs_ended_early_total",
                                             "Logs of calls that ended before their call.")) {}

  void run();
  void step();
  // False once the call has nothing more to write.
  bool write(Call& call);
  void give_up(Call& call, const Error& why);

  Services services;
  Options options;
  Counter& ended_early;
  std::vector<std::shared_ptr<Call>> calls;  // of the writer thread
  Mutex mutex;
  std::vector<std::shared_ptr<Call>> opened GUARDED_BY(mutex);
  bool stopped GUARDED_BY(mutex) = false;
  std::atomic<std::size_t> count{0};
  std::mutex waking;
  std::condition_variable wake;
  std::atomic<bool> stopping{false};
  std::thread writer;
};

DiskCallLogs::DiskCallLogs(const Services& services, Options options)
    : state_(std::make_unique<State>(services, std::move(options))) {}

DiskCallLogs::~DiskCallLogs() { stop(); }

std::unique_ptr<CallLogSink> DiskCallLogs::open(const SessionPlan& plan) {
  if (state_->count.load() >= kCallsMax) return nullptr;
  auto call = std::make_shared<Call>(plan);
  {
    const MutexLock lock(state_->mutex);
    if (state_->stopped) return nullptr;
    state_->opened.push_back(call);
  }
  ++state_->count;
  return std::make_unique<Sink>(std::move(call));
}

void DiskCallLogs::start() {
  std::error_code error;
  std::filesystem::create_directories(state_->options.folder, error);
  std::filesystem::permissions(state_->options.folder, std::filesystem::perms::owner_all, error);
  state_->writer = std::thread([this] { state_->run(); });
}

void DiskCallLogs::stop() {
  {
    const MutexLock lock(state_->mutex);
    if (std::exchange(state_->stopped, true)) return;
  }
  {
    const std::lock_guard lock(state_->waking);
    state_->stopping.store(true);
  }
  state_->wake.notify_all();
  if (state_->writer.joinable()) state_->writer.join();
  state_->step();
}

void DiskCallLogs::step() { state_->step(); }

void DiskCallLogs::State::run() {
  std::unique_lock lock(waking);
  while (!stopping.load()) {
    lock.unlock();
    step();
    lock.lock();
    wake.wait_for(lock, kWake, [this] { return stopping.load(); });
  }
}

void DiskCallLogs::State::step() {
  {
    const MutexLock lock(mutex);
    calls.insert(calls.end(), opened.begin(), opened.end());
    opened.clear();
  }
  const auto removed = std::erase_if(calls, [this](const auto& call) { return !write(*call); });
  count -= removed;
}

bool DiskCallLogs::State::write(Call& call) {
  // Read first: what was written before it was set is in the ring.
  const bool finished = call.finished.load(std::memory_order_acquire);
  const std::string bytes = call.pop();
  if (!call.broken.load()) {
    if (!std::exchange(call.made, true)) {
      const auto made =
          call.file.create(call_log_path(options.folder, call.plan.conversation), call.plan);
      if (!made) give_up(call, made.error());
    }
    call.size += bytes.size();
    if (call.size > kFileMax) give_up(call, {ErrorCode::too_large, "a log has at most 1 GiB"});
  }
  if (!call.broken.load()) {
    if (const auto written = call.file.append(bytes); !written) give_up(call, written.error());
  }
  if (call.lost.exchange(false))
    give_up(call, {ErrorCode::resource_exhausted, "the disk is slower than the call"});
  if (finished) call.file.close();
  return !finished;
}

void DiskCallLogs::State::give_up(Call& call, const Error& why) {
  if (call.broken.exchange(true)) return;
  ended_early.add();
  services.log.warning("call_log.ended_early",
                       {{"conversation", call.plan.conversation.id.to_string()}, {"error", why}});
}

}  // namespace antiphon
