// Shared by the parts of this layer.
#pragma once

#include "json/shape.h"

#include <string>

namespace antiphon::json {

// "must be …" of a shape of Kind::text.
[[nodiscard]] std::string rule_of(const Shape& text_shape);

}  // namespace antiphon::json
