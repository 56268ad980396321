#include "calls/call_script.h"
#include "calls/event_fields.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(simulated::CallScript)
ANTIPHON_JSON_CODEC(simulated::EventFields)

}  // namespace antiphon

namespace antiphon::simulated {

std::string print_script(const CallScript& script) { return to_json(script); }

Result<CallScript> read_script(std::string_view text) { return from_json<CallScript>(text); }

EventFields fields_of(std::string_view payload) {
  auto fields = from_json<EventFields>(payload, UnknownFields::ignore);
  return fields ? std::move(*fields) : EventFields{};
}

}  // namespace antiphon::simulated
