// Turns the journal's entries into units. Private to this folder.
//
// All entries of one conversation that arrive together are one unit, in order: its start, its
// messages, its events, its end. Each statement changes nothing the second time, so a unit may be
// sent again after any failure.
// Errors  the first failure that may pass (unavailable, timeout ...): the caller tries all of it
//         again later. What the database refuses for good is tried entry by entry; the refused
//         entry is logged and left out, so that one bad entry never holds up a conversation.
#pragma once

#include "core/log.h"
#include "ports/stores.h"
#include "store/postgres/pool.h"

#include <vector>

namespace antiphon::store {

Task<Result<>> apply_journal(Pool& pool, Log& log, std::vector<JournalEntry> entries);

}  // namespace antiphon::store
