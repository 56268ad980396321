#include "service/recording_service.h"

#include "core/run_on.h"
#include "service/recording_keys.h"
#include "service/wav.h"

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kRetry{2};
constexpr std::chrono::milliseconds kStopPoll{10};
constexpr std::uint64_t kSamplesPerMillisecond = 16;

std::unexpected<Error> not_recorded() {
  return failure(ErrorCode::wrong_state,
                 "this conversation is not being recorded; it is over, or its agent does not");
}

bool is_away(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::timeout ||
         code == ErrorCode::resource_exhausted;
}

}  // namespace

RecordingService::RecordingService(Executor executor, Parts parts)
    : parts_(std::move(parts)),
      waiting_(executor, kWaitingMax, WhenFull::refuse),
      tasks_(std::move(executor)) {}

void RecordingService::start() { tasks_.spawn(keep_all()); }

void RecordingService::keep(Recording recording) { waiting_.push(std::move(recording)); }

Task<> RecordingService::keep_all() {
  while (auto recording = co_await waiting_.receive()) {
    busy_ = true;
    while (!co_await keep_one(*recording)) {
      if (!co_await parts_.clock.sleep_for(kRetry)) co_return;
    }
    busy_ = false;
  }
}

// False: the store is away, try again.
Task<bool> RecordingService::keep_one(const Recording& recording) {
  const Principal system{
      .kind = PrincipalKind::system, .workspace = recording.workspace, .why = "keep a recording"};
  const std::string id = recording.conversation.to_string();
  const auto put = co_await parts_.store.put(system, recording);
  if (!put) {
    if (is_away(put.error().code)) co_return false;
    parts_.log.error("recording.not_kept", {{"conversation", id}, {"error", put.error()}});
    co_return true;
  }
  const auto confirmed = parts_.archive.confirm(recording.workspace, recording.conversation);
  if (!confirmed) {
    parts_.log.warning("recording.not_confirmed",
                       {{"conversation", id}, {"error", confirmed.error()}});
  }
  co_return true;
}

Task<> RecordingService::stop(Timepoint deadline) {
  while ((waiting_.size() > 0 || busy_) && parts_.clock.now() < deadline) {
    if (!co_await parts_.clock.sleep_for(kStopPoll)) break;
  }
  tasks_.cancel();
  co_await tasks_.join();
}

Task<Result<Recording>> RecordingService::find(Principal principal, ConversationId id) {
  auto found = co_await parts_.store.find(std::move(principal), id);
  if (!found && found.error().code == ErrorCode::not_found) {
    co_return failure(ErrorCode::not_found,
                      "there is no recording of this conversation: its agent does not record, the "
                      "call has not ended, or the recording was erased");
  }
  co_return found;
}

Task<Result<OpenedRecording>> RecordingService::open(Principal principal, ConversationId id) {
  auto recording = co_await find(std::move(principal), id);
  if (!recording) co_return std::unexpected(std::move(recording.error()));
  RecordingArchive& archive = parts_.archive;
  auto reader = co_await run_on(parts_.disk, [&archive, workspace = recording->workspace, id] {
    return archive.open(workspace, id);
  });
  if (!reader) co_return std::unexpected(std::move(reader.error()));
  const std::shared_ptr<RecordingReader> opened = std::move(*reader);
  if (auto unlocked = co_await unlock(*recording, opened); !unlocked) {
    co_return std::unexpected(std::move(unlocked.error()));
  }
  if (opened->sample_count() != recording->sample_count) {
    co_return failure(ErrorCode::corrupt, "the recording is shorter or longer than it was");
  }
  co_return OpenedRecording{std::move(*recording), opened};
}

Task<Result<>> RecordingService::unlock(const Recording& recording,
                                        std::shared_ptr<RecordingReader> reader) {
  std::string sealed = reader->sealed_key();
  if (sealed.empty()) co_return Result<>{};
  if (parts_.keys == nullptr) {
    co_return failure(ErrorCode::wrong_state, "the recording is sealed; the server has no keys");
  }
  auto key = co_await parts_.keys->open(
      std::move(sealed), place_of_recording_key(recording.workspace, recording.conversation));
  if (!key) co_return std::unexpected(std::move(key.error()));
  co_return co_await run_on(
      parts_.disk, [reader, key = Sensitive(std::move(*key))] { return reader->unlock(key); });
}

Task<Result<std::string>> RecordingService::read(OpenedRecording opened, std::uint64_t offset,
                                                 std::size_t size) {
  size = std::min(size, kReadMax);
  co_return co_await run_on(parts_.disk, [reader = std::move(opened.reader), offset, size] {
    return wav_bytes(*reader, offset, size);
  });
}

Task<Result<RecordingPeaks>> RecordingService::peaks(Principal principal, ConversationId id,
                                                     PeaksQuestion question) {
  auto opened = co_await open(std::move(principal), id);
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  RecordingPeaks answer;
  answer.duration = opened->recording.duration();
  answer.from = std::min(question.from, answer.duration);
  answer.to = std::clamp(question.to.value_or(answer.duration), answer.from, answer.duration);
  const std::size_t points = std::min(question.points, kPeaksMax);
  const auto first = static_cast<std::uint64_t>(answer.from.count()) * kSamplesPerMillisecond;
  const auto end = static_cast<std::uint64_t>(answer.to.count()) * kSamplesPerMillisecond;
  auto peaks = co_await run_on(parts_.disk, [reader = opened->reader, first, end, points] {
    return reader->peaks(first, end, points);
  });
  if (!peaks) co_return std::unexpected(std::move(peaks.error()));
  answer.peaks = std::move(*peaks);
  co_return answer;
}

Task<Result<>> RecordingService::check_call(Principal principal, ConversationId id) {
  const auto record = co_await parts_.conversations.find(std::move(principal), id);
  if (!record) co_return std::unexpected(record.error());
  co_return Result<>{};
}

Task<Result<>> RecordingService::pause(Principal principal, ConversationId id) {
  auto own = co_await check_call(std::move(principal), id);
  if (own && !parts_.host.pause_recording(id)) co_return not_recorded();
  co_return own;
}

Task<Result<>> RecordingService::resume(Principal principal, ConversationId id) {
  auto own = co_await check_call(std::move(principal), id);
  if (own && !parts_.host.resume_recording(id)) co_return not_recorded();
  co_return own;
}

Task<Result<>> RecordingService::erase(Principal principal, ConversationId id) {
  const auto recording = co_await find(principal, id);
  if (!recording) co_return std::unexpected(recording.error());
  RecordingArchive& archive = parts_.archive;
  auto erased = co_await run_on(parts_.disk, [&archive, workspace = recording->workspace, id] {
    return archive.erase(workspace, id);
  });
  if (!erased) co_return erased;
  co_return co_await parts_.store.remove(std::move(principal), id);
}

}  // namespace antiphon
