#include "app/agent_file.h"

#include "app/yaml.h"
#include "core/check.h"
#include "json/codec.h"
#include "service/configuration_diff.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

ANTIPHON_JSON_CODEC(AgentFile)

Result<AgentFile> read_agent_file(const std::string& yaml) {
  auto document = parse_yaml(yaml);
  if (!document) return std::unexpected(std::move(document.error()));
  auto file = from_json<AgentFile>(json::write(document->value));
  if (file) return file;
  Error error = std::move(file.error());
  for (FieldError& field : error.fields) {
    field.message = fmt::format("(line {}) {}", document->line_of(field.pointer), field.message);
  }
  return std::unexpected(std::move(error));
}

std::string write_agent_file(const AgentFile& file) {
  auto value = json::parse(to_json(file));
  CHECK(value, "what we write is JSON");
  return write_yaml(*value);
}

Result<AgentFile> file_of(const AgentOutput& agent) {
  AgentFile file;
  auto slug = Slug::make(agent.slug);
  auto name = Text<1, 120>::make(agent.name);
  auto description = Text<0, 1'000>::make(agent.description);
  if (!slug || !name || !description) {
    return failure(ErrorCode::protocol_error, "the server's agent has a name that none can have");
  }
  file.slug = std::move(*slug);
  file.name = std::move(*name);
  file.description = std::move(*description);
  file.status = agent.status;
  file.configuration = agent.configuration;
  return file;
}

std::vector<VersionChange> changes_between(const AgentFile& before, const AgentFile& after) {
  std::vector<VersionChange> changes;
  const auto compare = [&changes](std::string_view pointer, const std::string& was,
                                  const std::string& is) {
    if (was != is) changes.push_back({std::string(pointer), json::write(was), json::write(is)});
  };
  compare("/slug", before.slug.value(), after.slug.value());
  compare("/name", before.name.value(), after.name.value());
  compare("/description", before.description.value(), after.description.value());
  compare("/status", before.status == AgentStatus::active ? "active" : "archived",
          after.status == AgentStatus::active ? "active" : "archived");
  for (VersionChange& change : changes_between(before.configuration, after.configuration)) {
    change.pointer.insert(0, "/configuration");
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace antiphon
