#include "json/components.h"

#include "core/check.h"

#include <fmt/format.h>

namespace antiphon::json {

namespace {

bool is_named(const Shape& shape) {
  return shape.kind == Kind::object || shape.kind == Kind::enumeration;
}

template <class Function>
void for_each_part(const Shape& shape, Function function) {
  if (shape.inner != nullptr) function(shape.inner());
  for (const Field& field : shape.fields)
    function(field.shape());
  for (const Shape& (*alternative)() : shape.alternatives)
    function(alternative());
}

// Whether the input and the output of `shape` are described differently.
bool differs(const Shape& shape, std::set<const Shape*>& visited) {
  if (!visited.insert(&shape).second) return false;
  for (const Field& field : shape.fields) {
    if (field.presence != Presence::required) return true;
  }
  bool found = false;
  for_each_part(shape, [&](const Shape& part) { found = found || differs(part, visited); });
  return found;
}

std::size_t matching_bracket(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t index = open; index < text.size(); ++index) {
    if (text[index] == '<') ++depth;
    if (text[index] == '>' && --depth == 0) return index;
  }
  return text.size();
}

std::string last_identifier(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string name;
  for (const char character : colon == std::string_view::npos ? text : text.substr(colon + 1)) {
    if (character != ' ') name += character;
  }
  return name;
}

}  // namespace

std::string component_name(std::string_view type_name) {
  const std::size_t open = type_name.find('<');
  if (open == std::string_view::npos) return last_identifier(type_name);
  std::string name;
  std::size_t start = open + 1;
  const std::size_t close = matching_bracket(type_name, open);
  for (std::size_t index = start; index <= close; ++index) {
    if (type_name[index] == '<') {
      index = matching_bracket(type_name, index);
    } else if (type_name[index] == ',' || index == close) {
      name += component_name(type_name.substr(start, index - start));
      start = index + 1;
    }
  }
  return name + last_identifier(type_name.substr(0, open));
}

void Components::add(const Shape& shape, Direction direction) {
  // An enumeration has one face.
  const Direction face = shape.kind == Kind::enumeration ? Direction::output : direction;
  if (!used_[&shape].insert(face).second) return;
  for_each_part(shape, [&](const Shape& part) { add(part, direction_inside(shape, direction)); });
}

std::string Components::name_of(const Shape& shape, Direction direction) const {
  std::string name = component_name(shape.type_name);
  if (shape.kind == Kind::enumeration) return name;
  if (direction == Direction::patch) return name + "Patch";
  std::set<const Shape*> visited;
  const bool answered = used_.contains(&shape) && used_.at(&shape).contains(Direction::output);
  if (direction == Direction::input && answered && differs(shape, visited)) return name + "Input";
  return name;
}

std::map<std::string, Component> Components::all() const {
  std::map<std::string, Component> named;
  for (const auto& [shape, directions] : used_) {
    if (!is_named(*shape)) continue;
    for (const Direction direction : directions) {
      const std::string name = name_of(*shape, direction);
      const auto [place, is_new] = named.emplace(name, Component{shape, direction});
      CHECK(is_new || place->second.shape == shape,
            fmt::format("two types of the contract are called {}", name));
    }
  }
  return named;
}

Direction direction_inside(const Shape& outer, Direction direction) {
  return direction == Direction::patch && outer.kind == Kind::list ? Direction::input : direction;
}

bool may_be_left_out(const Field& field, Direction direction) {
  switch (direction) {
    case Direction::output:
      return field.presence == Presence::optional;
    case Direction::input:
      return field.presence != Presence::required;
    case Direction::patch:
      return true;
  }
  return false;
}

bool may_be_null(const Field& field, Direction direction) {
  return direction != Direction::output && field.presence != Presence::required;
}

const Shape& value_shape_of(const Shape& shape) {
  if (shape.kind != Kind::optional && shape.kind != Kind::wrapped) return shape;
  return value_shape_of(shape.inner());
}

}  // namespace antiphon::json
