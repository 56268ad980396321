// A store and an archive of recordings whose sound a test writes. For tests only.
#pragma once

#include "ports/recording_archive.h"
#include "ports/recording_store.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace antiphon {

// Sample i is i on the left and -i on the right.
class FakeReader final : public RecordingReader {
 public:
  // `sealed_key`: not empty, it is opened with "the key".
  explicit FakeReader(std::uint64_t count, std::string sealed_key = {})
      : count_(count), sealed_key_(std::move(sealed_key)) {}
  [[nodiscard]] std::string sealed_key() const override { return sealed_key_; }
  Result<> unlock(const Sensitive<std::string>& key) override {
    if (key.reveal() != "the key") return failure(ErrorCode::corrupt, "another key");
    sealed_key_.clear();
    return {};
  }
  [[nodiscard]] std::uint64_t sample_count() const override {
    return sealed_key_.empty() ? count_ : 0;
  }
  Result<> read(std::uint64_t first, std::span<Sample> interleaved) override {
    if (first + interleaved.size() / 2 > count_) {
      return failure(ErrorCode::corrupt, "there is no such sample");
    }
    for (std::size_t index = 0; index < interleaved.size() / 2; ++index) {
      const auto value = static_cast<Sample>((first + index) % 30'000);
      interleaved[2 * index] = value;
      interleaved[2 * index + 1] = static_cast<Sample>(-value);
    }
    return {};
  }
  Result<StereoPeaks> peaks(std::uint64_t first, std::uint64_t end, std::size_t count) override {
    const auto low = static_cast<Sample>(first % 30'000);
    const auto high = static_cast<Sample>(end % 30'000);
    return StereoPeaks{std::vector<Peak>(count, Peak{low, high}), std::vector<Peak>(count)};
  }

 private:
  std::uint64_t count_;
  std::string sealed_key_;
};

class FakeArchive final : public RecordingArchive {
 public:
  Result<std::unique_ptr<RecordingReader>> open(WorkspaceId, ConversationId id) override {
    const auto found = sounds.find(id);
    if (found == sounds.end()) return failure(ErrorCode::not_found, "there is no such file");
    return std::make_unique<FakeReader>(found->second, sealed_key);
  }
  Result<> confirm(WorkspaceId, ConversationId id) override {
    confirmed.push_back(id);
    return {};
  }
  Result<> erase(WorkspaceId, ConversationId id) override {
    sounds.erase(id);
    return {};
  }

  std::map<ConversationId, std::uint64_t> sounds;  // their samples
  std::vector<ConversationId> confirmed;
  std::string sealed_key;  // of every recording
};

class FakeRecordings final : public RecordingStore {
 public:
  Task<Result<>> put(Principal principal, Recording recording) override {
    ++puts;
    if (refusal) co_return std::unexpected(*refusal);
    recording.workspace = principal.workspace;
    recordings.insert_or_assign(recording.conversation, std::move(recording));
    co_return Result<>{};
  }
  Task<Result<Recording>> find(Principal principal, ConversationId id) override {
    const auto found = recordings.find(id);
    if (found == recordings.end() || found->second.workspace != principal.workspace) {
      co_return failure(ErrorCode::not_found, "there is no such recording");
    }
    co_return found->second;
  }
  Task<Result<>> remove(Principal principal, ConversationId id) override {
    const auto found = co_await find(std::move(principal), id);
    if (!found) co_return std::unexpected(found.error());
    recordings.erase(id);
    co_return Result<>{};
  }

  std::map<ConversationId, Recording> recordings;
  std::optional<Error> refusal;
  int puts = 0;
};

}  // namespace antiphon
