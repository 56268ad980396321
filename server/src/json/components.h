// The named types of a document: what is reachable from the shapes that are added, each once.
//
// A struct that is both answered and sent has two faces when some field may be left out: `Agent`
// always holds a defaulted field, `AgentInput` need not. `AgentPatch` is what a merge patch holds.
#pragma once

#include "json/shape.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace antiphon::json {

enum class Direction : std::uint8_t { output, input, patch };

struct Component {
  const Shape* shape;
  Direction direction;
};

// "antiphon::Page<antiphon::Agent>" is AgentPage.
[[nodiscard]] std::string component_name(std::string_view type_name);

class Components {
 public:
  void add(const Shape& shape, Direction direction);

  // Of objects and enumerations, after everything is added.
  [[nodiscard]] std::string name_of(const Shape& shape, Direction direction) const;
  // By name. Two types of one name are a bug.
  [[nodiscard]] std::map<std::string, Component> all() const;

 private:
  std::map<const Shape*, std::set<Direction>> used_;
};

// The direction in which `inner` is held: a merge patch replaces lists as a whole.
[[nodiscard]] Direction direction_inside(const Shape& outer, Direction direction);
// Whether a document of that direction may leave the field out, and whether it may say null.
[[nodiscard]] bool may_be_left_out(const Field& field, Direction direction);
[[nodiscard]] bool may_be_null(const Field& field, Direction direction);
// Behind std::optional and Sensitive.
[[nodiscard]] const Shape& value_shape_of(const Shape& shape);

}  // namespace antiphon::json
