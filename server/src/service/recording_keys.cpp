#include "service/recording_keys.h"

#include "crypto/envelope.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::chrono::milliseconds kLook{20};  // how soon a wait notices stop()

}  // namespace

SealedPlace place_of_recording_key(WorkspaceId workspace, ConversationId id) {
  return {"recordings", "key", workspace.uuid(), id.uuid()};
}

RecordingKeys::RecordingKeys(Executor executor, KeyRing& ring, SealingKeys& keys, Random& random)
    : ring_(ring),
      keys_(keys),
      random_(random),
      questions_(executor, kWaitingMax, WhenFull::refuse),
      tasks_(std::move(executor)) {}

void RecordingKeys::start() {
  seals_.store(ring_.has_master_key());
  tasks_.spawn(answer_all());
}

Task<> RecordingKeys::answer_all() {
  while (auto question = co_await questions_.receive()) {
    auto key =
        co_await ring_.open(std::move(question->sealed_key),
                            place_of_recording_key(question->workspace, question->conversation));
    question->answer->set_value(key ? Answer(Sensitive(std::move(*key)))
                                    : Answer(std::unexpected(std::move(key.error()))));
  }
}

Result<std::optional<RecordingSeal>> RecordingKeys::make(WorkspaceId workspace, ConversationId id) {
  if (!seals_.load()) return std::optional<RecordingSeal>();
  const SecretKey key = SecretKey::make_random(random_);
  const auto bytes = key.bytes();
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto sealed = keys_.seal(text, place_of_recording_key(workspace, id));
  if (!sealed) return std::unexpected(std::move(sealed.error()));
  return RecordingSeal{Sensitive(std::move(text)), std::move(*sealed)};
}

Result<Sensitive<std::string>> RecordingKeys::open(WorkspaceId workspace, ConversationId id,
                                                   std::string sealed_key) {
  const auto gave_up = [] {
    return failure(ErrorCode::unavailable, "the key of a recording could not be asked for in time");
  };
  const auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> answer = promise->get_future();
  if (stopped_.load() || !questions_.push({workspace, id, std::move(sealed_key), promise})) {
    return gave_up();
  }
  for (std::chrono::milliseconds waited{0}; waited < kPatience; waited += kLook) {
    if (stopped_.load()) return gave_up();
    if (answer.wait_for(kLook) == std::future_status::ready) return answer.get();
  }
  return gave_up();
}

void RecordingKeys::stop() {
  stopped_.store(true);
  questions_.close();
}

Task<> RecordingKeys::join() {
  stop();
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace antiphon
