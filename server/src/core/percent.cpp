#include "core/percent.h"

#include <fmt/format.h>

namespace antiphon {

std::string percent_encode(std::string_view text, std::string_view also_plain) {
  std::string out;
  for (const char letter : text) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' ||
                          letter == '_' || letter == '~' || also_plain.contains(letter);
    if (is_plain) {
      out += letter;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
  }
  return out;
}

}  // namespace antiphon
