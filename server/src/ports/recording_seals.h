// The keys of sealed recordings: a new one for each, and that of one which is there.
//
// Errors  make(): unavailable, when the workspace's key is not at hand; wrong_state.
//         open(): not_found, when the workspace's key was shredded; corrupt; unavailable, also when
//         it gave up waiting; wrong_state, when the server has no master key.
// Thread  any. make() answers at once; open() blocks, never on the API loop.
#pragma once

#include "core/result.h"
#include "core/sensitive.h"
#include "domain/ids.h"

#include <optional>
#include <string>

namespace antiphon {

struct RecordingSeal {
  Sensitive<std::string> key;  // 32 bytes
  std::string sealed_key;      // the same in an envelope of the workspace: stands in the file
};

class RecordingSeals {
 public:
  virtual ~RecordingSeals() = default;
  // Nullopt: recordings are not sealed here.
  [[nodiscard]] virtual Result<std::optional<RecordingSeal>> make(WorkspaceId workspace,
                                                                  ConversationId id) = 0;
  [[nodiscard]] virtual Result<Sensitive<std::string>> open(WorkspaceId workspace,
                                                            ConversationId id,
                                                            std::string sealed_key) = 0;
  // Ends the waits of open(), and those to come.
  virtual void stop() = 0;
};

}  // namespace antiphon
