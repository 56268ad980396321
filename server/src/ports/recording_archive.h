// The recordings that are finished: read, looked at, erased.
//
// Errors  not_found: there is no file; corrupt: it is not what was written; unavailable.
// Thread  any; every member blocks on the disk, so not a loop that carries calls. A reader may be
//         used by one thread at a time.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"
#include "core/sensitive.h"
#include "domain/recording.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace antiphon {

// The lowest and the highest sample of a stretch.
struct Peak {
  Sample low = 0;
  Sample high = 0;
  bool operator==(const Peak&) const = default;
};

struct StereoPeaks {
  std::vector<Peak> caller;
  std::vector<Peak> agent;
};

// Of a sealed recording nothing is known before unlock(): it has no samples until then.
class RecordingReader {
 public:
  virtual ~RecordingReader() = default;
  // The recording's key as it stands in the file; empty: it is plain, or unlocked.
  [[nodiscard]] virtual std::string sealed_key() const = 0;
  // corrupt: another key, or the file is not what was written.
  virtual Result<> unlock(const Sensitive<std::string>& key) = 0;
  [[nodiscard]] virtual std::uint64_t sample_count() const = 0;  // of each channel
  // Caller and agent by turns: interleaved.size() / 2 samples of each from `first` on, which must
  // be there.
  virtual Result<> read(std::uint64_t first, std::span<Sample> interleaved) = 0;
  // [first, end) in `count` stretches of equal length. Reads at most 4,000 × 200 ms of sound.
  virtual Result<StereoPeaks> peaks(std::uint64_t first, std::uint64_t end, std::size_t count) = 0;
};

class RecordingArchive {
 public:
  virtual ~RecordingArchive() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<RecordingReader>> open(WorkspaceId workspace,
                                                                      ConversationId id) = 0;
  // The store knows it: it is not offered again at the next start.
  virtual Result<> confirm(WorkspaceId workspace, ConversationId id) = 0;
  // A sealed recording loses its key before its file. What is not there is erased.
  virtual Result<> erase(WorkspaceId workspace, ConversationId id) = 0;
};

}  // namespace antiphon
