// RecordingSeals whose workspace keys are in memory: real envelopes, no database. For tests only.
#pragma once

#include "core/mutex.h"
#include "crypto/envelope.h"
#include "ports/recording_seals.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace antiphon {

class FakeSeals final : public RecordingSeals {
 public:
  [[nodiscard]] Result<std::optional<RecordingSeal>> make(WorkspaceId workspace,
                                                          ConversationId id) override {
    if (refusal) return std::unexpected(*refusal);
    const SecretKey key = SecretKey::make_random(random_);
    std::string text = bytes_of(key);
    std::string sealed = seal_item(key_of(workspace), 1, text, place_of(workspace, id), random_);
    return RecordingSeal{Sensitive(std::move(text)), std::move(sealed)};
  }
  [[nodiscard]] Result<Sensitive<std::string>> open(WorkspaceId workspace, ConversationId id,
                                                    std::string sealed) override {
    if (refusal) return std::unexpected(*refusal);
    auto key = open_item(key_of(workspace), sealed, place_of(workspace, id));
    if (!key) return std::unexpected(key.error());
    return Sensitive(std::move(*key));
  }
  void stop() override {}

  [[nodiscard]] const SecretKey& key_of(WorkspaceId workspace) {
    auto found = keys_.find(workspace);
    if (found == keys_.end()) {
      found = keys_.emplace(workspace, SecretKey::make_random(random_)).first;
    }
    return found->second;
  }

  std::optional<Error> refusal;

 private:
  static SealedPlace place_of(WorkspaceId workspace, ConversationId id) {
    return {"recordings", "key", workspace.uuid(), id.uuid()};
  }
  static std::string bytes_of(const SecretKey& key) {
    const auto bytes = key.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  SystemRandom random_;
  std::map<WorkspaceId, SecretKey> keys_;
};

}  // namespace antiphon
