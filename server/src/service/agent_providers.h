// What an agent's configuration must say of a provider that it names, beyond the types' limits.
//
// Errors  invalid_argument with every wrong field.
// Thread  any.
#pragma once

#include "core/result.h"
#include "domain/agent.h"

#include <string_view>

namespace antiphon {

// `pointer`: where the configuration stands in what was sent.
[[nodiscard]] Result<> check_providers(const AgentConfiguration& configuration,
                                       std::string_view pointer);

}  // namespace antiphon
