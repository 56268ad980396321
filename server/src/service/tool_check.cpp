// What can be said of a tool without looking anything up.
#include "core/utf8.h"
#include "domain/tool_template.h"
#include "json/json_path.h"
#include "json/schema_check.h"
#include "json/value.h"
#include "service/tool_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, 8> kOursToSet{
    "host", "content-length", "transfer-encoding", "connection", "upgrade",
    "te",   "trailer",        "content-type"};
constexpr std::size_t kSecretNameMax = 63;

class ToolReader {
 public:
  std::vector<FieldError> wrong;

  void read(const ToolConfiguration& tool) {
    read_parameters(tool);
    const bool is_http = tool.kind == ToolKind::http;
    if (is_http != tool.http.has_value()) {
      note("/http", is_http ? "says where the tool is; it is missing"
                            : "belongs to tools of kind http only");
    }
    if (tool.http) read_http(*tool.http, tool.effect);
  }

 private:
  void note(std::string_view at, std::string fault) {
    wrong.push_back({"/configuration" + std::string(at), std::move(fault)});
  }

  void read_parameters(const ToolConfiguration& tool) {
    auto schema = json::parse(tool.parameters.text());
    if (!schema) return note("/parameters", schema.error().message);
    const bool is_empty = schema->if_object()->empty();
    if (is_empty) return;
    if (tool.kind == ToolKind::lookup) {
      return note("/parameters", "are fixed for a tool of kind lookup: leave them out");
    }
    if (auto checked = json::check_schema(*schema); !checked) {
      for (FieldError& fault : checked.error().fields)
        note("/parameters" + fault.pointer, std::move(fault.message));
      return;
    }
    const json::Value* const type = schema->find("type");
    if (type == nullptr || type->if_text() == nullptr || *type->if_text() != "object") {
      note("/parameters/type", "must be \"object\": arguments have names");
    }
    schema_ = std::move(*schema);
  }

  void read_http(const HttpTool& http, ToolEffect effect) {
    read_url(http.url.value());
    std::size_t place = 0;
    for (const ToolHeader& header : http.headers)
      read_header(header, fmt::format("/http/headers/{}", place++));
    if (!http.result.empty()) {
      if (auto path = json::JsonPath::parse(http.result.value()); !path)
        note("/http/result", path.error().message);
    }
    if (effect == ToolEffect::reads && http.method == ToolMethod::remove) {
      note("/effect", "cannot be reads with the method remove");
    }
  }

  void read_url(const std::string& url) {
    if (!url.starts_with("https://") && !url.starts_with("http://")) {
      return note("/http/url", "must begin with https:// or http://");
    }
    const auto path = url.find('/', url.find("://") + 3);
    const std::string_view host = std::string_view(url).substr(0, path);
    if (host.contains('{') || host.contains('}')) {
      return note("/http/url", "must name its host without {}: no model chooses where to go");
    }
    if (url.contains('#')) note("/http/url", "must have no fragment (#)");
    for (const TemplatePart& part : parts_of_url(url)) {
      const bool has_brace = part.text.find_first_of("{}") != std::string::npos;
      if (has_brace) return note("/http/url", "must close each { with a }");
      if (part.is_name && !is_required(part.text)) {
        note("/http/url", fmt::format("uses {{{}}}, which is no required argument", part.text));
      }
    }
  }

  [[nodiscard]] bool is_required(const std::string& name) const {
    const json::Value* const required = schema_.find("required");
    if (required == nullptr) return false;
    return std::ranges::any_of(*required->if_array(), [&name](const json::Value& each) {
      return *each.if_text() == name;
    });
  }

  void read_header(const ToolHeader& header, const std::string& at) {
    const std::string name = to_lower_ascii(header.name.value());
    const auto is_token = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    if (!std::ranges::all_of(name, is_token)) {
      note(at + "/name", "must be letters, digits, hyphens and underscores");
    } else if (std::ranges::find(kOursToSet, name) != kOursToSet.end()) {
      note(at + "/name", "is set by the server itself");
    }
    const auto is_control = [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f;
    };
    if (std::ranges::any_of(header.value.value(), is_control)) {
      note(at + "/value", "must have no control characters");
    }
    for (const TemplatePart& part : parts_of_header(header.value.value())) {
      if (part.is_name && (part.text.empty() || part.text.size() > kSecretNameMax))
        note(at + "/value", "must have the name of a secret behind secret:");
    }
  }

  json::Value schema_;
};

}  // namespace

Result<> check_tool(const ToolConfiguration& configuration) {
  ToolReader reader;
  reader.read(configuration);
  if (reader.wrong.empty()) return {};
  return failure(ErrorCode::invalid_argument, "the tool cannot work like this",
                 std::move(reader.wrong));
}

}  // namespace antiphon
