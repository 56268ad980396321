// Something that just happened in a workspace, for those who watch.
#pragma once

#include "domain/ids.h"

#include <string>

namespace antiphon {

struct LiveEvent {
  // "1767603600000-0": milliseconds since 1970, and a count within them. Rises within a workspace.
  std::string id;
  WorkspaceId workspace;
  ConversationId conversation;
  AgentId agent;      // nil where it is not known
  std::string event;  // one JSON object with its `type`
};

}  // namespace antiphon
