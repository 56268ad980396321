// The table of routes without a server behind it: only to be described, never called.
#pragma once

#include "json/openapi.h"

namespace antiphon {

[[nodiscard]] json::ApiDescription describe_contract();

}  // namespace antiphon
