#include "app/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

std::unexpected<Error> wrong(int line, std::string_view what) {
  return failure(ErrorCode::invalid_argument, fmt::format("line {}: {}", line, what));
}

json::Value scalar_of(const std::string& tag, const std::string& text) {
  const bool is_quoted = tag == "!";
  if (is_quoted) return text;
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true" || text == "false") return text == "true";
  const bool starts_as_number = text.front() == '-' || (text.front() >= '0' && text.front() <= '9');
  if (!starts_as_number) return text;
  auto number = json::parse(text);
  return number ? std::move(*number) : json::Value(text);
}

// Builds the value from what the parser tells. After the first mistake it only listens.
class Builder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { put(mark, nullptr); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    complain(mark, "aliases (*name) are not read; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check(mark, tag, anchor);
    if (is_at_key()) {
      take_key(mark, text);
    } else {
      put(mark, scalar_of(tag, text));
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, json::Array{});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    open(mark, json::Object{});
  }
  void OnMapEnd() override { close(); }

  YamlDocument document;
  std::optional<Error> mistake;

 private:
  struct Frame {
    json::Value value;
    std::string pointer;
    std::optional<std::string> key;  // of an object, once it is read
  };

  void complain(const YAML::Mark& mark, std::string_view what) {
    if (!mistake) mistake = wrong(mark.line + 1, what).error();
  }
  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) complain(mark, "anchors (&name) are not read; write the value out");
    if (tag != "?" && tag != "!" && !tag.empty()) complain(mark, "tags (!name) are not read");
  }
  [[nodiscard]] bool is_at_key() const {
    return !frames_.empty() && frames_.back().value.if_object() != nullptr && !frames_.back().key;
  }
  void take_key(const YAML::Mark& mark, const std::string& text) {
    if (mistake) return;
    Frame& frame = frames_.back();
    if (frame.value.find(text) != nullptr) complain(mark, fmt::format("`{}` stands twice", text));
    frame.key = text;
  }
  [[nodiscard]] std::string pointer_of_next() const {
    if (frames_.empty()) return "";
    const Frame& frame = frames_.back();
    if (frame.key) return json::pointer_to(frame.pointer, *frame.key);
    const json::Array* list = frame.value.if_array();
    return json::pointer_to(frame.pointer, std::to_string(list != nullptr ? list->size() : 0));
  }
  void open(const YAML::Mark& mark, json::Value empty) {
    if (is_at_key()) complain(mark, "a key must be text");
    if (frames_.size() >= kYamlDepthMax) {
      complain(mark, fmt::format("nested more than {} deep", kYamlDepthMax));
    }
    if (mistake) return;
    std::string pointer = pointer_of_next();
    document.lines.emplace(pointer, mark.line + 1);
    frames_.push_back({std::move(empty), std::move(pointer), std::nullopt});
  }
  void close() {
    if (mistake || frames_.empty()) return;
    json::Value value = std::move(frames_.back().value);
    frames_.pop_back();
    add(std::move(value));
  }
  void put(const YAML::Mark& mark, json::Value value) {
    if (is_at_key()) complain(mark, "a key must be text");
    if (mistake) return;
    document.lines.emplace(pointer_of_next(), mark.line + 1);
    add(std::move(value));
  }
  void add(json::Value value) {
    if (frames_.empty()) {
      document.value = std::move(value);
      return;
    }
    Frame& frame = frames_.back();
    if (json::Object* object = frame.value.if_object()) {
      object->push_back({std::move(*frame.key), std::move(value)});
      frame.key.reset();
    } else {
      frame.value.if_array()->push_back(std::move(value));
    }
  }

  std::vector<Frame> frames_;
};

// As it stands in a block; what would not read back the same is quoted instead.
bool reads_well_as_block(std::string_view text) {
  if (!text.contains('\n') || text.front() == ' ' || text.front() == '\n') return false;
  if (text.ends_with("\n\n") || text.contains(" \n") || text.ends_with(' ')) return false;
  return std::ranges::all_of(text, [](char letter) {
    return letter == '\n' || static_cast<unsigned char>(letter) >= 0x20;
  });
}

void write_block(std::string& out, std::string_view text, std::size_t indent) {
  const bool ends_line = text.ends_with('\n');
  out += ends_line ? "|" : "|-";
  if (ends_line) text.remove_suffix(1);
  while (true) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    out += '\n';
    if (!line.empty()) out.append(indent, ' ').append(line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

void write_value(std::string& out, const json::Value& value, std::size_t indent);

// `lead`: what stands before a value on its line. A nested one begins on the next.
void write_entry(std::string& out, std::string_view lead, const json::Value& value,
                 std::size_t indent) {
  out.append(indent, ' ').append(lead);
  const bool is_nested = (value.if_object() != nullptr && !value.if_object()->empty()) ||
                         (value.if_array() != nullptr && !value.if_array()->empty());
  out += is_nested ? '\n' : ' ';
  write_value(out, value, indent + 2);
  if (!is_nested) out += '\n';
}

bool is_plain_key(std::string_view key) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !key.empty() && std::ranges::all_of(key, is_letter) && key != "null" && key != "true" &&
         key != "false";
}

void write_value(std::string& out, const json::Value& value, std::size_t indent) {
  if (const json::Object* object = value.if_object(); object != nullptr && !object->empty()) {
    for (const json::Member& member : *object) {
      const std::string key = is_plain_key(member.key) ? member.key : json::write(member.key);
      write_entry(out, key + ":", member.value, indent);
    }
  } else if (const json::Array* list = value.if_array(); list != nullptr && !list->empty()) {
    for (const json::Value& item : *list)
      write_entry(out, "-", item, indent);
  } else if (value.if_text() != nullptr && reads_well_as_block(*value.if_text())) {
    write_block(out, *value.if_text(), indent);
  } else {
    out += json::write(value);
  }
}

}  // namespace

int YamlDocument::line_of(std::string_view pointer) const {
  while (true) {
    if (const auto line = lines.find(pointer); line != lines.end()) return line->second;
    if (pointer.empty()) return 1;
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

Result<YamlDocument> parse_yaml(const std::string& text) {
  if (text.size() > kYamlBytesMax) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("the file is longer than {} bytes", kYamlBytesMax));
  }
  Builder builder;
  try {
    std::istringstream input(text);
    YAML::Parser parser(input);
    if (!parser.HandleNextDocument(builder)) return wrong(1, "the file holds nothing");
    if (!builder.mistake && parser.HandleNextDocument(builder)) {
      return wrong(1, "the file holds more than one document");
    }
  } catch (const YAML::Exception& error) {
    return wrong(error.mark.line + 1, error.msg);
  }
  if (builder.mistake) return std::unexpected(std::move(*builder.mistake));
  return std::move(builder.document);
}

std::string write_yaml(const json::Value& value) {
  std::string out;
  write_value(out, value, 0);
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

}  // namespace antiphon
