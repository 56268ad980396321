// The ConversationJournal of the product: entries go to the database in batches, and to a file
// while it is away.
//
//   SpoolingJournal journal({store, clock, metrics, log}, executor, {.folder = "…/journal"},
//   filters); journal.start();
//   journal.record(entry);                      // any thread; never waits, never fails
//   co_await journal.flush(deadline);           // everything recorded so far is in the database
//   co_await journal.stop(deadline);            // what the database does not take by then stays in
//   the file
//
// Guarantee  an entry that the database has not confirmed within 300 ms is in the file, which is
//            synced twice a second: kill -9 loses at most 1 s. The file is replayed in order at the
//            next start; entries may reach the store twice, never in another order.
// Limits     10,000 entries in memory, Options::bytes_max on disk; beyond either the oldest events
//            go, never a message, a start or an end as long as there is room for one; what goes is
//            counted and logged once. When the disk is full, what finds no place in the file is
//            held in memory until the disk or the database has room; problem() says so.
// Errors     an entry that the store refuses for good (not because it is away) is dropped, counted
//            and logged.
// Thread     record(): any. Everything else on `executor`, where writing and syncing the file
//            block.
#pragma once

#include "core/log.h"
#include "core/mailbox.h"
#include "core/metrics.h"
#include "core/mutex.h"
#include "core/task_group.h"
#include "ports/conversation_journal.h"
#include "ports/stores.h"
#include "store/journal/spool_file.h"

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// Changes an entry before it is written anywhere: redaction, sealing.
using JournalFilter = std::function<void(JournalEntry&)>;

struct JournalServices {
  ConversationStore& store;
  Clock& clock;
  Metrics& metrics;
  Log& log;
};

struct SpoolOptions {
  std::filesystem::path folder;  // made when it is not there
  std::uint64_t bytes_max = std::uint64_t{256} << 20;
};

class SpoolingJournal final : public ConversationJournal {
 public:
  SpoolingJournal(const JournalServices& services, Executor executor, SpoolOptions options,
                  std::vector<JournalFilter> filters = {});

  // unavailable when the folder cannot be used: the journal then runs without a spool, in memory
  // alone.
  Result<> start();
  void record(JournalEntry entry) override;
  // timeout when the database has not taken everything by `deadline`.
  Task<Result<>> flush(Timepoint deadline);
  Task<> stop(Timepoint deadline);

  // Ends at once, without writing what is still in memory: what a kill does, for tests of it.
  void abandon();
  // Nothing is waiting for the database.
  [[nodiscard]] bool idle() const;
  // Why entries wait, for operators; "" when they do not.
  [[nodiscard]] std::string problem() const;
  [[nodiscard]] std::uint64_t spooled_bytes() const { return spool_ ? spool_->size() : 0; }

 private:
  using Batch = std::vector<JournalEntry>;
  enum class Outcome : std::uint8_t { applied, away };
  struct Attempt {
    explicit Attempt(const Executor& executor) : ended(executor, 1, WhenFull::refuse) {}
    Outcome outcome = Outcome::away;
    Mailbox<char> ended;
  };

  Task<> write_loop();
  Task<> write_directly();
  Task<> write_through_spool();
  Task<> apply(std::shared_ptr<Attempt> attempt, Batch batch);
  Task<Outcome> apply_one_by_one(Batch batch);
  Task<Outcome> apply_beside_spooling(Batch batch);
  Task<> write_held();
  Task<> put_off();
  void go_through_spool(const Batch& batch);
  [[nodiscard]] Batch take(std::size_t count_max);
  void spool(Batch batch);
  [[nodiscard]] bool spool_one(const JournalEntry& entry);
  bool make_room();
  void spool_held();
  void spool_queue();
  void give_up_held();
  void note_recovery();
  void sync_if_due();
  void warn_once(bool& warned, std::string_view event, const Error& error);
  void trim(std::deque<JournalEntry>& entries);

  JournalServices services_;
  SpoolOptions options_;
  std::vector<JournalFilter> filters_;
  Counter& spooled_;
  Counter& dropped_events_;
  Counter& dropped_messages_;
  Counter& refused_;
  Counter& damaged_;

  mutable Mutex mutex_;
  std::deque<JournalEntry> queue_ GUARDED_BY(mutex_);
  std::size_t in_hand_ GUARDED_BY(mutex_) =
      0;  // taken off the queue, neither applied nor in the file

  std::optional<SpoolFile> spool_;
  // What the file had no room for, behind what is in it and before the queue; filters were applied.
  std::deque<JournalEntry> held_;
  bool writing_held_ = false;  // what came before held_ is on its way to the store
  std::string store_problem_;
  std::string spool_problem_;
  bool through_spool_ = false;
  bool dirty_ = false;
  Timepoint synced_at_{};
  Timepoint try_at_{};
  Duration retry_after_{};
  Timepoint stop_by_ = Timepoint::max();
  bool stopping_ = false;
  bool abandoned_ = false;
  bool away_warned_ = false;
  bool full_warned_ = false;
  bool events_left_ = true;  // in the file, for all we know
  Mailbox<char> wake_;
  TaskGroup tasks_;  // last: its tasks use what stands above
};

}  // namespace antiphon
