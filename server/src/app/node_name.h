// What this process is called wherever servers look at each other's conversations.
#pragma once

#include "core/random.h"

#include <string>

namespace antiphon {

// "machine-4711-9f3c01ab": no two processes share one, also after a restart.
[[nodiscard]] std::string node_name(Random& random);

}  // namespace antiphon
