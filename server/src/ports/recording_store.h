// What is known about recordings beside their sound.
//
// Errors  not_found (also for what belongs to others), unavailable, timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "domain/recording.h"

namespace antiphon {

class RecordingStore {
 public:
  virtual ~RecordingStore() = default;
  // Twice is once. not_found: the conversation is not there (any more).
  virtual Task<Result<>> put(Principal principal, Recording recording) = 0;
  virtual Task<Result<Recording>> find(Principal principal, ConversationId id) = 0;
  virtual Task<Result<>> remove(Principal principal, ConversationId id) = 0;
};

}  // namespace antiphon
