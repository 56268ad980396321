// The events of a conversation for the contract: contract/events.schema.json, the types in
// contract/api.d.ts and the page docs/reference/events.md.
#pragma once

#include "json/schema.h"

#include <span>
#include <string>

namespace antiphon {

[[nodiscard]] std::span<const json::EventGroup> event_groups();
[[nodiscard]] std::string events_page();

}  // namespace antiphon
