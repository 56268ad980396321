// A reply from whichever language model of a chain gives one.
//
// The first model of the chain whose circuit is not open is asked. If it has given nothing when 95
// of 100 of its requests would have, the next one is asked too, and the first to answer speaks; the
// other is cancelled, so nothing it asked for happens. A model that fails before its first chunk is
// replaced at once. One that fails in the middle is replaced by one that can go on behind the text
// that was said; where none can, a reply that stands at the end of a sentence ends there, and any
// other is said again from the start by the next model.
//
// Limits  two requests in flight. No first chunk 6 s after the reply was asked for, or none for
//         2 s in the middle: failed.
// Errors  that of the last model asked, or timeout.
// Thread  the session's executor; the health is shared by all.
#pragma once

#include "core/clock.h"
#include "ports/language_model.h"
#include "providers/fallback/provider_health.h"

#include <memory>
#include <vector>

namespace antiphon {

// The directory of providers owns what it hands out, and calls in progress keep it when the
// directory drops it for a changed key: two owners.
struct ModelLeg {
  std::shared_ptr<LanguageModel> model;
  std::shared_ptr<ProviderHealth> health;
  bool continues = false;  // understands ReplyRequest::begun
};

// At least one leg. The clock outlives the stream.
[[nodiscard]] std::unique_ptr<ReplyStream> reply_from(std::vector<ModelLeg> legs,
                                                      ReplyRequest request, Clock& clock);

}  // namespace antiphon
