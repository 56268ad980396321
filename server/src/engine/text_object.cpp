#include "engine/text_object.h"

#include "core/log.h"

namespace antiphon {

void TextObject::begin_field(std::string_view name) {
  if (!fields_.empty()) fields_ += ',';
  append_json_string(fields_, name);
  fields_ += ':';
}

TextObject& TextObject::add(std::string_view name, std::string_view value) {
  begin_field(name);
  append_json_string(fields_, value);
  return *this;
}

TextObject& TextObject::add(std::string_view name, std::int64_t value) {
  begin_field(name);
  fields_ += std::to_string(value);
  return *this;
}

TextObject& TextObject::add_fields(const TextObject& other) {
  if (other.fields_.empty()) return *this;
  if (!fields_.empty()) fields_ += ',';
  fields_ += other.fields_;
  return *this;
}

std::string TextObject::text() const { return "{" + fields_ + "}"; }

}  // namespace antiphon
