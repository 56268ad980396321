// /docs: every operation and every error code on one page, without a script.
#pragma once

#include "json/openapi.h"

#include <string>

namespace antiphon {

[[nodiscard]] std::string render_docs(const json::ApiDescription& api);

}  // namespace antiphon
