// An agent as a file: what `antiphon agents pull` writes and `push` reads.
//
// Errors  invalid_argument: no YAML, or no agent; every mistake with its line.
// Thread  any.
#pragma once

#include "api/agents/agent_documents.h"
#include "core/result.h"
#include "domain/agent_version.h"

#include <string>
#include <vector>

namespace antiphon {

struct AgentFile {
  Slug slug;
  Text<1, 120> name;
  Text<0, 1'000> description;
  AgentStatus status = AgentStatus::active;
  AgentConfiguration configuration;
  static constexpr std::string_view kOptionalFields[] = {"description", "status", "configuration"};
};
BOOST_DESCRIBE_STRUCT(AgentFile, (), (slug, name, description, status, configuration))

[[nodiscard]] Result<AgentFile> read_agent_file(const std::string& yaml);
[[nodiscard]] std::string write_agent_file(const AgentFile& file);
// What the server has, as a file.
[[nodiscard]] Result<AgentFile> file_of(const AgentOutput& agent);
// Where the two differ, each under the name that it has in the file.
[[nodiscard]] std::vector<VersionChange> changes_between(const AgentFile& before,
                                                         const AgentFile& after);

}  // namespace antiphon
