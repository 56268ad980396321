#include "providers/onnx_graph.h"

#include <cstddef>
#include <cstdint>

namespace antiphon {

namespace {

constexpr std::uint64_t kModelGraph = 7;
constexpr std::uint64_t kGraphNode = 1;
constexpr std::uint64_t kGraphOutput = 12;
constexpr std::uint64_t kNodeOutput = 2;
constexpr std::uint64_t kNodeOperation = 4;
constexpr std::uint64_t kValueName = 1;
constexpr std::uint64_t kLengthDelimited = 2;

struct Field {
  std::uint64_t number = 0;
  std::string_view bytes;  // of a length-delimited field, else empty
};

// The fields of one message, one after the other; ends where the bytes make no sense any more.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  std::optional<Field> next() {
    const auto tag = number();
    if (!tag) return std::nullopt;
    Field field{.number = *tag >> 3U, .bytes = {}};
    switch (*tag & 7U) {
      case 0:
        return number() ? std::optional(field) : std::nullopt;
      case 1:
        return take(8) ? std::optional(field) : std::nullopt;
      case kLengthDelimited: {
        const auto length = number();
        const auto bytes = length ? take(*length) : std::nullopt;
        if (!bytes) return std::nullopt;
        field.bytes = *bytes;
        return field;
      }
      case 5:
        return take(4) ? std::optional(field) : std::nullopt;
      default:
        return std::nullopt;  // groups, which ONNX never had
    }
  }

 private:
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

std::string_view find(std::string_view message, std::uint64_t number) {
  Fields fields(message);
  while (const auto field = fields.next()) {
    if (field->number == number) return field->bytes;
  }
  return {};
}

void append_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U)
    out += static_cast<char>((value & 0x7FU) | 0x80U);
  out += static_cast<char>(value);
}

std::string wrapped(std::uint64_t number, std::string_view bytes) {
  std::string out;
  append_number(out, (number << 3U) | kLengthDelimited);
  append_number(out, bytes.size());
  return out.append(bytes);
}

}  // namespace

std::optional<std::string> output_of_only(std::string_view model, std::string_view operation) {
  std::optional<std::string> found;
  Fields nodes(find(model, kModelGraph));
  while (const auto field = nodes.next()) {
    if (field->number != kGraphNode || find(field->bytes, kNodeOperation) != operation) continue;
    const std::string_view name = find(field->bytes, kNodeOutput);
    if (found || name.empty()) return std::nullopt;
    found = std::string(name);
  }
  return found;
}

std::string as_graph_output(std::string_view tensor) {
  return wrapped(kModelGraph, wrapped(kGraphOutput, wrapped(kValueName, tensor)));
}

}  // namespace antiphon
