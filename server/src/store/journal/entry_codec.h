// A JournalEntry as bytes and back: what the spool holds.
//
// Format  version byte, kind byte, then fields in a fixed order: integers as 8 bytes little-endian,
//         text as length and bytes, identities as their 36 characters, optional fields behind a
//         byte that says whether they are there.
// Limits  a decoded text has at most 1 MiB, a list at most 10,000 items.
// Errors  decode: corrupt for anything that encode() does not write, including bytes left over.
// Thread  any; pure.
#pragma once

#include "core/result.h"
#include "ports/conversation_journal.h"

#include <string>
#include <string_view>

namespace antiphon {

[[nodiscard]] std::string encode_entry(const JournalEntry& entry);
[[nodiscard]] Result<JournalEntry> decode_entry(std::string_view bytes);
// An event may be dropped when there is no room; a message, a start, an end or an event that says
// what was used may not.
[[nodiscard]] bool is_event(const JournalEntry& entry);
[[nodiscard]] bool encodes_event(std::string_view bytes);

}  // namespace antiphon
