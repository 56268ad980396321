// Writes one flat JSON object, field by field; the engine has no JSON library and needs none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

class TextObject {
 public:
  TextObject& add(std::string_view name, std::string_view value);
  TextObject& add(std::string_view name, const char* value) {
    return add(name, std::string_view(value));
  }
  TextObject& add(std::string_view name, std::int64_t value);
  // The fields of another object, without its braces.
  TextObject& add_fields(const TextObject& other);
  // "{}" when nothing was added.
  [[nodiscard]] std::string text() const;

 private:
  void begin_field(std::string_view name);
  std::string fields_;
};

}  // namespace antiphon
