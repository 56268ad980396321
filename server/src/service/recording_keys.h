// The RecordingSeals of the product: each recording has a key of its own, which the workspace's key
// seals into the recording's header.
//
// Limits  kWaitingMax questions wait for the API loop; one waits kPatience.
// Errors  see RecordingSeals.
// Thread  make(), open(), stop(): any, open() never the API loop. start(), join(): the API loop.
#pragma once

#include "core/mailbox.h"
#include "core/task_group.h"
#include "ports/recording_seals.h"
#include "service/key_ring.h"
#include "service/sealing_keys.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>

namespace antiphon {

// Where the key of a recording belongs: in another recording's header it does not open.
[[nodiscard]] SealedPlace place_of_recording_key(WorkspaceId workspace, ConversationId id);

class RecordingKeys final : public RecordingSeals {
 public:
  static constexpr std::size_t kWaitingMax = 64;
  static constexpr std::chrono::seconds kPatience{20};

  // `random` takes every thread.
  RecordingKeys(Executor executor, KeyRing& ring, SealingKeys& keys, Random& random);

  // Recordings are sealed from here on when the server has a master key, plain otherwise.
  void start();
  Task<> join();

  [[nodiscard]] Result<std::optional<RecordingSeal>> make(WorkspaceId workspace,
                                                          ConversationId id) override;
  [[nodiscard]] Result<Sensitive<std::string>> open(WorkspaceId workspace, ConversationId id,
                                                    std::string sealed_key) override;
  void stop() override;

 private:
  using Answer = Result<Sensitive<std::string>>;
  struct Question {
    WorkspaceId workspace;
    ConversationId conversation;
    std::string sealed_key;
    // Shared with the thread that waits, which may give up first.
    std::shared_ptr<std::promise<Answer>> answer;
  };
  Task<> answer_all();

  KeyRing& ring_;
  SealingKeys& keys_;
  Random& random_;
  std::atomic<bool> seals_{false};
  std::atomic<bool> stopped_{false};
  Mailbox<Question> questions_;
  TaskGroup tasks_;
};

}  // namespace antiphon
