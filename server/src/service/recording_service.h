// Recordings: entered into the store when a call has ended, read back, drawn, paused, erased.
//
// keep() takes what the recorder finished; until the store has it the file stays marked, so that
// the next start offers it again: nothing is lost while PostgreSQL is away.
// Limits  kWaitingMax recordings wait for the store; kPeaksMax points of a drawing; kReadMax bytes
//         a read.
// Errors  not_found: no recording (not chosen, erased, or the call has not ended); wrong_state: no
//         call to pause, or no master key; corrupt: the file is damaged; unavailable. The words of
//         a sealed recording whose workspace key was shredded are those of the key ring.
// Thread  the API loop; keep(): any. Files are read on the disk executor.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/mailbox.h"
#include "core/result.h"
#include "core/task_group.h"
#include "ports/recording_archive.h"
#include "ports/recording_store.h"
#include "ports/session_host.h"
#include "ports/stores.h"
#include "service/key_ring.h"

#include <memory>
#include <string>

namespace antiphon {

struct OpenedRecording {
  Recording recording;
  // Shared with a read that goes on while its request is cancelled.
  std::shared_ptr<RecordingReader> reader;
};

struct PeaksQuestion {
  Milliseconds from{0};
  std::optional<Milliseconds> to;  // the end
  std::size_t points = 1'000;
};

struct RecordingPeaks {
  Milliseconds duration{0};
  Milliseconds from{0};
  Milliseconds to{0};
  StereoPeaks peaks;
};

class RecordingService {
 public:
  static constexpr std::size_t kWaitingMax = 10'000;
  static constexpr std::size_t kPeaksMax = 4'000;
  static constexpr std::size_t kReadMax = 256 * 1'024;

  struct Parts {
    RecordingStore& store;
    RecordingArchive& archive;
    ConversationStore& conversations;
    SessionHost& host;
    Executor disk;
    Clock& clock;
    Log& log;
    KeyRing* keys = nullptr;  // opens what is sealed; null: nothing is
  };

  RecordingService(Executor executor, Parts parts);

  void start();
  // Gives what waits until `deadline` to reach the store.
  Task<> stop(Timepoint deadline);
  void keep(Recording recording);

  Task<Result<Recording>> find(Principal principal, ConversationId id);
  Task<Result<OpenedRecording>> open(Principal principal, ConversationId id);
  // Bytes of the WAV file.
  Task<Result<std::string>> read(OpenedRecording opened, std::uint64_t offset, std::size_t size);
  Task<Result<RecordingPeaks>> peaks(Principal principal, ConversationId id,
                                     PeaksQuestion question);
  Task<Result<>> pause(Principal principal, ConversationId id);
  Task<Result<>> resume(Principal principal, ConversationId id);
  // The sound first: what the store still names can be erased again.
  Task<Result<>> erase(Principal principal, ConversationId id);

 private:
  Task<Result<>> unlock(const Recording& recording, std::shared_ptr<RecordingReader> reader);
  Task<> keep_all();
  Task<bool> keep_one(const Recording& recording);
  Task<Result<>> check_call(Principal principal, ConversationId id);

  Parts parts_;
  Mailbox<Recording> waiting_;
  bool busy_ = false;
  TaskGroup tasks_;
};

}  // namespace antiphon
