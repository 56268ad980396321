#include "store/recording/disk_recorder.h"

#include "store/recording/disk_archive.h"
#include "store/recording/recorded_call.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace antiphon {

// The shared owner of a call is its Handle, which the session destroys when it likes.
using SharedCall = std::shared_ptr<RecordedCall>;

struct DiskRecorder::State {
  State(const Services& given, Options wanted, OnFinished when_finished)
      : services(given),
        options(std::move(wanted)),
        on_finished(std::move(when_finished)),
        metrics(services.metrics) {}

  void run();
  void step();
  void recover(const std::vector<std::filesystem::path>& left);
  // Puts a new key into the header, where recordings are sealed.
  Result<BlockCodec> seal(RecordingHeader& header);
  [[nodiscard]] std::vector<std::filesystem::path> unfinished() const;

  Services services;
  Options options;
  OnFinished on_finished;
  RecordingMetrics metrics;
  std::vector<SharedCall> calls;  // of the recorder thread

  Mutex mutex;
  std::vector<SharedCall> opened GUARDED_BY(mutex);
  bool stopped GUARDED_BY(mutex) = false;

  std::mutex waking;
  std::condition_variable wake;
  std::atomic<bool> stopping{false};
  std::thread writer;
  std::thread recovery;
};

class DiskRecorder::Handle final : public CallRecording {
 public:
  Handle(SharedCall call, Clock& clock) : call_(std::move(call)), clock_(clock) {}
  ~Handle() override { finish(); }

  void caller(Timepoint arrived, std::span<const Sample> samples) noexcept override {
    call_->ring.push(RecordedSide::caller, arrived, samples);
  }
  void agent(Timepoint sent, std::span<const Sample> samples) noexcept override {
    call_->ring.push(RecordedSide::agent, sent, samples);
  }
  void pause(Timepoint at) override { call_->mark(BlockKind::paused, at); }
  void resume(Timepoint at) override { call_->mark(BlockKind::resumed, at); }
  void finish() noexcept override { call_->finish(clock_.now()); }

 private:
  SharedCall call_;
  Clock& clock_;
};

DiskRecorder::DiskRecorder(const Services& services, Options options, OnFinished on_finished)
    : state_(std::make_unique<State>(services, std::move(options), std::move(on_finished))) {}

DiskRecorder::~DiskRecorder() { stop(); }

std::unique_ptr<CallRecording> DiskRecorder::open(const Conversation& conversation,
                                                  Timepoint began) {
  RecordingHeader header{
      conversation.workspace, conversation.id, state_->services.clock.wall(), {}};
  auto codec = state_->seal(header);
  if (!codec) {
    state_->services.log.error(
        "recording.not_sealed",
        {{"conversation", conversation.id.to_string()}, {"error", codec.error()}});
    return nullptr;
  }
  auto call = std::make_shared<RecordedCall>(
      recording_path(state_->options.folder, conversation.workspace, conversation.id, ".part"),
      std::move(header), std::move(*codec), began);
  {
    const MutexLock lock(state_->mutex);
    if (state_->stopped) return nullptr;
    state_->opened.push_back(call);
  }
  return std::make_unique<Handle>(std::move(call), state_->services.clock);
}

void DiskRecorder::start() {
  // Listed before the first call of this server, so that none of its own is taken for an old one.
  state_->recovery = std::thread([this, left = state_->unfinished()] { state_->recover(left); });
  state_->writer = std::thread([this] { state_->run(); });
}

void DiskRecorder::stop() {
  {
    const MutexLock lock(state_->mutex);
    if (std::exchange(state_->stopped, true)) return;
  }
  {
    const std::lock_guard lock(state_->waking);
    state_->stopping.store(true);
  }
  if (state_->services.seals != nullptr) state_->services.seals->stop();
  state_->wake.notify_all();
  if (state_->recovery.joinable()) state_->recovery.join();
  if (state_->writer.joinable()) state_->writer.join();
  state_->step();
  for (const SharedCall& call : state_->calls)
    call->finish(state_->services.clock.now());
  state_->step();
}

void DiskRecorder::step() { state_->step(); }
void DiskRecorder::recover() { state_->recover(state_->unfinished()); }

Result<BlockCodec> DiskRecorder::State::seal(RecordingHeader& header) {
  if (services.seals == nullptr) return BlockCodec();
  auto made = services.seals->make(header.workspace, header.conversation);
  if (!made) return std::unexpected(std::move(made.error()));
  if (!*made) return BlockCodec();
  header.sealed_key = std::move((*made)->sealed_key);
  return BlockCodec::make(header, (*made)->key.reveal(), services.random);
}

void DiskRecorder::State::run() {
  std::unique_lock lock(waking);
  while (!stopping.load()) {
    lock.unlock();
    step();
    lock.lock();
    wake.wait_for(lock, kWake, [this] { return stopping.load(); });
  }
}

void DiskRecorder::State::step() {
  // Read before anything is taken: what somebody paused after this moment cannot be final yet.
  const Timepoint now = services.clock.now();
  {
    const MutexLock lock(mutex);
    calls.insert(calls.end(), opened.begin(), opened.end());
    opened.clear();
  }
  std::erase_if(calls, [&](const SharedCall& call) {
    if (call->step(now, metrics, services.log)) return false;
    if (auto recording = call->take_result()) on_finished(std::move(*recording));
    return true;
  });
  metrics.active.set(static_cast<double>(calls.size()));
}

std::vector<std::filesystem::path> DiskRecorder::State::unfinished() const {
  std::vector<std::filesystem::path> left;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(options.folder, error);
  const std::filesystem::recursive_directory_iterator end;
  while (!error && entry != end) {
    if (entry->path().extension() == ".part") left.push_back(entry->path());
    entry.increment(error);
  }
  std::ranges::sort(left);
  return left;
}

void DiskRecorder::State::recover(const std::vector<std::filesystem::path>& left) {
  for (const std::filesystem::path& path : left) {
    if (stopping.load()) return;  // the next start offers the rest
    std::optional<RecordingSealing> sealing;
    if (services.seals != nullptr) sealing.emplace(*services.seals, *services.random);
    auto recording = recover_recording(path, sealing ? &*sealing : nullptr);
    if (recording) {
      if (recording->end == RecordingEnd::server_ended) metrics.finished(recording->end).add();
      on_finished(std::move(*recording));
    } else {
      services.log.warning("recording.not_recovered", {{"error", recording.error()}});
    }
  }
}

}  // namespace antiphon
