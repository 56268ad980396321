// The half of SpoolingJournal that fills the file, and what it holds when the file has no room.
#include "store/journal/entry_codec.h"
#include "store/journal/spooling_journal.h"

#include <limits>
#include <utility>

namespace antiphon {

namespace {

constexpr Duration kSyncEvery = std::chrono::milliseconds(400);

}  // namespace

void SpoolingJournal::spool_queue() {
  // Without a file the queue is the only place there is.
  if (!spool_) return;
  spool_held();
  Batch batch = take(std::numeric_limits<std::size_t>::max());
  const std::size_t taken = batch.size();
  spool(std::move(batch));
  const MutexLock lock(mutex_);
  in_hand_ -= taken;
}

void SpoolingJournal::spool(Batch batch) {
  for (JournalEntry& entry : batch) {
    // Behind what is held already, or the order would break.
    if (held_.empty() && !writing_held_ && spool_one(entry)) continue;
    held_.push_back(std::move(entry));
    trim(held_);
  }
}

void SpoolingJournal::spool_held() {
  while (!writing_held_ && !held_.empty() && spool_one(held_.front()))
    held_.pop_front();
}

// The end of this process, and neither the store nor the disk has room.
void SpoolingJournal::give_up_held() {
  if (held_.empty()) return;
  services_.log.error("journal.lost", {{"entries", held_.size()}});
  for (const JournalEntry& entry : held_)
    (is_event(entry) ? dropped_events_ : dropped_messages_).add();
  held_.clear();
}

bool SpoolingJournal::spool_one(const JournalEntry& entry) {
  const std::string framed = frame_record(encode_entry(entry));
  auto appended = spool_->append(framed);
  if (!appended) {
    spool_problem_ = appended.error().message;
    warn_once(full_warned_, "journal.spool_full", appended.error());
    if (make_room()) appended = spool_->append(framed);
  }
  if (!appended) return false;
  dirty_ = true;
  events_left_ = events_left_ || is_event(entry);
  spooled_.add();
  return true;
}

bool SpoolingJournal::make_room() {
  // Looking through the whole file for each entry once it holds no more events would help nobody.
  if (!events_left_) return false;
  auto dropped = spool_->drop_oldest_events(SpoolFile::Part::older_half);
  if (dropped && *dropped == 0) dropped = spool_->drop_oldest_events(SpoolFile::Part::all);
  if (dropped) dropped_events_.add(*dropped);
  events_left_ = dropped && *dropped > 0;
  return events_left_;
}

void SpoolingJournal::sync_if_due() {
  const Timepoint now = services_.clock.now();
  if (!dirty_ || now - synced_at_ < kSyncEvery) return;
  const auto synced = spool_->sync();
  if (!synced) warn_once(full_warned_, "journal.spool_not_synced", synced.error());
  dirty_ = false;
  synced_at_ = now;
}

}  // namespace antiphon
