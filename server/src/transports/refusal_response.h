// A request that a transport refuses before it becomes a call, answered as the API answers.
#pragma once

#include "core/error.h"
#include "net/http.h"

namespace antiphon {

[[nodiscard]] Response refusal_response(const Error& error);

}  // namespace antiphon
