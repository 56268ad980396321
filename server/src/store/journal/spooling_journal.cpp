#include "store/journal/spooling_journal.h"

#include "store/journal/entry_codec.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace antiphon {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kQueueMax = 10'000;
// Messages are not dropped at kQueueMax; a store and a disk that are both gone for hours end even
// that.
constexpr std::size_t kMessagesMax = 50'000;
constexpr std::size_t kBatchMax = 200;
constexpr Duration kGather = milliseconds(50);
constexpr Duration kSlow = milliseconds(300);
constexpr Duration kApplyMax = seconds(10);
constexpr Duration kLook = milliseconds(100);
constexpr Duration kRetryFirst = milliseconds(250);
constexpr Duration kRetryMax = seconds(5);
constexpr Duration kFlushPoll = milliseconds(5);

// Trying again may help; everything else is the entry's own fault.
bool is_away(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::timeout ||
         code == ErrorCode::cancelled || code == ErrorCode::resource_exhausted;
}

}  // namespace

SpoolingJournal::SpoolingJournal(const JournalServices& services, Executor executor,
                                 SpoolOptions options, std::vector<JournalFilter> filters)
    : services_(services),
      options_(std::move(options)),
      filters_(std::move(filters)),
      spooled_(services_.metrics.counter("journal_spooled_total", "Entries written to the spool.")),
      dropped_events_(services_.metrics.counter("journal_dropped_total", "Entries without a place.",
                                                {{"kind", "event"}})),
      dropped_messages_(services_.metrics.counter(
          "journal_dropped_total", "Entries without a place.", {{"kind", "message"}})),
      refused_(services_.metrics.counter("journal_refused_total",
                                         "Entries the store refused for good.")),
      damaged_(services_.metrics.counter("journal_damaged_total",
                                         "Stretches of the spool that could not be read.")),
      wake_(executor, 1, WhenFull::refuse),
      tasks_(std::move(executor)) {}

Result<> SpoolingJournal::start() {
  std::error_code failed;
  std::filesystem::create_directories(options_.folder, failed);
  auto spool = SpoolFile::open(options_.folder / "journal.spool", options_.bytes_max);
  Result<> outcome;
  if (spool) {
    spool_.emplace(std::move(*spool));
    through_spool_ = !spool_->empty();
  } else {
    outcome = std::unexpected(spool.error());
  }
  tasks_.spawn(write_loop());
  return outcome;
}

void SpoolingJournal::trim(std::deque<JournalEntry>& entries) {
  if (entries.size() <= kQueueMax) return;
  const auto oldest = std::ranges::find_if(entries, is_event);
  if (oldest != entries.end()) {
    entries.erase(oldest);
    dropped_events_.add();
  } else if (entries.size() > kMessagesMax) {
    entries.pop_front();
    dropped_messages_.add();
  }
}

void SpoolingJournal::record(JournalEntry entry) {
  {
    const MutexLock lock(mutex_);
    queue_.push_back(std::move(entry));
    trim(queue_);
  }
  wake_.push(1);
}

bool SpoolingJournal::idle() const {
  const MutexLock lock(mutex_);
  return queue_.empty() && in_hand_ == 0 && held_.empty() && !writing_held_ &&
         (!spool_ || spool_->empty());
}

std::string SpoolingJournal::problem() const {
  if (!spool_) return "there is no spool; what is said waits in memory alone";
  if (!held_.empty() || writing_held_)
    return "what is said waits in memory alone: " + spool_problem_;
  if (through_spool_ && !store_problem_.empty()) {
    return "what is said waits on the disk: " + store_problem_;
  }
  return {};
}

SpoolingJournal::Batch SpoolingJournal::take(std::size_t count_max) {
  Batch batch;
  {
    const MutexLock lock(mutex_);
    const auto count = static_cast<std::ptrdiff_t>(std::min(count_max, queue_.size()));
    std::move(queue_.begin(), queue_.begin() + count, std::back_inserter(batch));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    in_hand_ += batch.size();
  }
  for (JournalEntry& entry : batch) {
    for (const JournalFilter& filter : filters_)
      filter(entry);
  }
  return batch;
}

Task<> SpoolingJournal::write_loop() {
  while (!co_await is_cancelled() && !abandoned_) {
    if (through_spool_) {
      co_await write_through_spool();
    } else {
      co_await write_directly();
    }
    const bool over = stopping_ && (idle() || services_.clock.now() >= stop_by_);
    if (over) break;
  }
  if (abandoned_) co_return;
  spool_queue();
  give_up_held();
  if (spool_ && dirty_) {
    const auto synced = spool_->sync();
    static_cast<void>(synced);
  }
}

Task<> SpoolingJournal::write_directly() {
  const auto woken = co_await wake_.receive();
  static_cast<void>(woken);
  if (!stopping_) {
    const auto gathered = co_await services_.clock.sleep_for(kGather);
    static_cast<void>(gathered);
  }
  Batch batch = take(kBatchMax);
  if (batch.empty()) co_return;
  // A copy stays here until the store has confirmed it.
  const Outcome outcome = co_await apply_beside_spooling(batch);
  {
    const MutexLock lock(mutex_);
    in_hand_ -= batch.size();
    if (outcome == Outcome::away && !spool_) {
      queue_.insert(queue_.begin(), std::make_move_iterator(batch.begin()),
                    std::make_move_iterator(batch.end()));
    }
    if (!queue_.empty()) wake_.push(1);
  }
  if (outcome == Outcome::applied) co_return;
  retry_after_ = kRetryFirst;
  try_at_ = services_.clock.now() + retry_after_;
  if (spool_) co_return;
  const auto waited = co_await services_.clock.sleep_for(kRetryMax / 5);
  static_cast<void>(waited);
}

// Applies `batch`. When that fails or takes longer than kSlow, a batch that is not in the file yet
// goes there, and whatever is recorded meanwhile after it.
Task<SpoolingJournal::Outcome> SpoolingJournal::apply_beside_spooling(Batch batch) {
  // Second owner: the task, which a cancelled writer does not wait for.
  const auto attempt = std::make_shared<Attempt>(tasks_.executor());
  tasks_.spawn(apply(attempt, batch));
  Timepoint look_at = services_.clock.now() + kSlow;
  while (true) {
    const auto ended = co_await with_deadline(services_.clock, look_at, attempt->ended.receive());
    const bool over = ended || co_await is_cancelled();
    if (over && attempt->outcome == Outcome::applied) break;
    if (!abandoned_) go_through_spool(batch);
    if (over) break;
    look_at = services_.clock.now() + kLook;
  }
  co_return attempt->outcome;
}

void SpoolingJournal::go_through_spool(const Batch& batch) {
  if (!spool_) return;
  if (!std::exchange(through_spool_, true)) spool(batch);
  spool_queue();
  sync_if_due();
}

Task<> SpoolingJournal::apply(std::shared_ptr<Attempt> attempt, Batch batch) {
  const Timepoint deadline = services_.clock.now() + kApplyMax;
  const auto applied =
      co_await with_deadline(services_.clock, deadline, services_.store.apply(batch));
  if (applied) {
    attempt->outcome = Outcome::applied;
  } else if (is_away(applied.error().code)) {
    store_problem_ = applied.error().message;
    warn_once(away_warned_, "journal.store_away", applied.error());
  } else {
    attempt->outcome = co_await apply_one_by_one(std::move(batch));
  }
  attempt->ended.push(1);
}

// One entry of the batch is refused for good: find it, so that the others are not lost with it.
Task<SpoolingJournal::Outcome> SpoolingJournal::apply_one_by_one(Batch batch) {
  for (JournalEntry& entry : batch) {
    Batch single;
    single.push_back(std::move(entry));
    const auto applied = co_await with_deadline(services_.clock, services_.clock.now() + kApplyMax,
                                                services_.store.apply(std::move(single)));
    if (applied) continue;
    if (is_away(applied.error().code)) co_return Outcome::away;
    refused_.add();
    services_.log.error("journal.entry_refused", {{"error", applied.error()}});
  }
  co_return Outcome::applied;
}

Task<> SpoolingJournal::write_through_spool() {
  spool_queue();
  sync_if_due();
  const Timepoint now = services_.clock.now();
  if (now < try_at_ && !stopping_) {
    const auto waited = co_await services_.clock.sleep_for(kLook);
    static_cast<void>(waited);
    co_return;
  }
  if (spool_->empty() && !held_.empty()) {
    co_await write_held();
    co_return;
  }
  const std::size_t moves = spool_->moves();
  auto scan = spool_->read(kBatchMax);
  if (!scan) {
    warn_once(full_warned_, "journal.spool_unreadable", scan.error());
    through_spool_ = false;
    co_return;
  }
  damaged_.add(scan->damaged);
  Batch batch;
  for (const std::string& payload : scan->payloads) {
    auto entry = decode_entry(payload);
    if (entry) {
      batch.push_back(std::move(*entry));
    } else {
      damaged_.add();
    }
  }
  Outcome outcome = Outcome::applied;
  if (!batch.empty()) outcome = co_await apply_beside_spooling(std::move(batch));
  if (outcome == Outcome::away) {
    co_await put_off();
    co_return;
  }
  // Moved meanwhile to make room: what was applied is read, and applied, once more.
  if (spool_->moves() == moves) spool_->pass(*scan);
  note_recovery();
}

Task<> SpoolingJournal::put_off() {
  retry_after_ = std::clamp(2 * retry_after_, kRetryFirst, kRetryMax);
  try_at_ = services_.clock.now() + retry_after_;
  if (!stopping_) co_return;
  const auto waited = co_await services_.clock.sleep_for(kLook);
  static_cast<void>(waited);
}

// The file is empty and was full: what comes next in order is in memory.
Task<> SpoolingJournal::write_held() {
  const auto count = static_cast<std::ptrdiff_t>(std::min(kBatchMax, held_.size()));
  Batch batch(std::make_move_iterator(held_.begin()),
              std::make_move_iterator(held_.begin() + count));
  held_.erase(held_.begin(), held_.begin() + count);
  writing_held_ = true;
  const Outcome outcome = co_await apply_beside_spooling(batch);
  writing_held_ = false;
  if (outcome == Outcome::applied) {
    note_recovery();
    co_return;
  }
  held_.insert(held_.begin(), std::make_move_iterator(batch.begin()),
               std::make_move_iterator(batch.end()));
  co_await put_off();
}

// Once nothing waits any more, entries go to the store without the file.
void SpoolingJournal::note_recovery() {
  if (!spool_->empty()) return;
  const auto cleared = spool_->clear();
  static_cast<void>(cleared);
  dirty_ = false;
  events_left_ = true;
  retry_after_ = kRetryFirst;
  if (!held_.empty()) return;
  through_spool_ = false;
  away_warned_ = false;
  full_warned_ = false;
  store_problem_.clear();
  spool_problem_.clear();
  wake_.push(1);
}

void SpoolingJournal::warn_once(bool& warned, std::string_view event, const Error& error) {
  if (!std::exchange(warned, true)) services_.log.warning(event, {{"error", error}});
}

Task<Result<>> SpoolingJournal::flush(Timepoint deadline) {
  while (!idle()) {
    if (services_.clock.now() >= deadline) {
      co_return failure(ErrorCode::timeout, "the database has not taken the journal in time");
    }
    const auto waited = co_await services_.clock.sleep_for(kFlushPoll);
    if (!waited) co_return std::unexpected(waited.error());
  }
  co_return Result<>{};
}

void SpoolingJournal::abandon() {
  abandoned_ = true;
  tasks_.cancel();
}

Task<> SpoolingJournal::stop(Timepoint deadline) {
  stopping_ = true;
  stop_by_ = deadline;
  wake_.push(1);
  while (tasks_.size() > 0 && services_.clock.now() < deadline) {
    const auto waited = co_await services_.clock.sleep_for(kFlushPoll);
    if (!waited) break;
  }
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace antiphon
