#include "service/version_service.h"

#include "service/configuration_diff.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

Task<Result<Publication>> VersionService::publish(Principal principal, std::string agent,
                                                  std::optional<std::int64_t> revision,
                                                  std::string note) {
  auto found = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!found) co_return std::unexpected(std::move(found.error()));
  // A tool that the draft names may have been removed since it was stored.
  auto checked = co_await parts_.agents.check(principal, found->configuration);
  if (!checked) co_return std::unexpected(std::move(checked.error()));
  AgentVersion version;
  version.configuration = found->configuration;
  version.note = std::move(note);
  // The draft that was read here is what is published, or nothing is.
  const std::int64_t expected = revision.value_or(found->revision);
  co_return co_await put(std::move(principal), *found, std::move(version), expected);
}

Task<Result<Publication>> VersionService::roll_back(Principal principal, std::string agent,
                                                    std::int64_t number, std::string note) {
  auto found = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto old = co_await parts_.versions.find_number(principal, found->id, number);
  if (!old) co_return std::unexpected(std::move(old.error()));
  AgentVersion version;
  version.configuration = std::move(old->configuration);
  version.note = note.empty() ? fmt::format("Rolled back to version {}.", number) : std::move(note);
  co_return co_await put(std::move(principal), *found, std::move(version), std::nullopt);
}

Task<Result<Publication>> VersionService::put(Principal principal, const Agent& agent,
                                              AgentVersion version,
                                              std::optional<std::int64_t> revision) {
  version.id = AgentVersionId(Uuid::make_ordered(parts_.clock.wall(), parts_.random));
  version.workspace = principal.workspace;
  version.agent = agent.id;
  std::optional<AgentConfiguration> before;
  if (agent.published_version) {
    Agent last = agent;
    auto known = co_await resume(principal, last, agent.published_version);
    if (!known) co_return std::unexpected(std::move(known.error()));
    before = std::move(last.configuration);
  }
  auto published =
      co_await parts_.versions.publish(std::move(principal), std::move(version), revision);
  if (!published) co_return std::unexpected(std::move(published.error()));
  Publication made{std::move(published->version), {}, published->revision};
  if (before) made.changes = changes_between(*before, made.version.configuration);
  remember(made.version);
  if (parts_.on_published && agent.status == AgentStatus::active) {
    parts_.on_published(made.version.configuration);
  }
  co_return made;
}

Task<Result<VersionList>> VersionService::list(Principal principal, std::string agent,
                                               PageRequest page) {
  auto found = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto versions = co_await parts_.versions.list(std::move(principal), found->id, std::move(page));
  if (!versions) co_return std::unexpected(std::move(versions.error()));
  co_return VersionList{found->published_version, std::move(*versions)};
}

Task<Result<AgentVersion>> VersionService::find(Principal principal, std::string agent,
                                                std::int64_t number) {
  auto found = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!found) co_return std::unexpected(std::move(found.error()));
  co_return co_await parts_.versions.find_number(std::move(principal), found->id, number);
}

Task<Result<std::vector<VersionChange>>> VersionService::compare(Principal principal,
                                                                 std::string agent,
                                                                 VersionChoice from,
                                                                 VersionChoice to) {
  auto before = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!before) co_return std::unexpected(std::move(before.error()));
  Agent after = *before;
  auto chosen = co_await choose(principal, *before, std::move(from));
  if (chosen) chosen = co_await choose(std::move(principal), after, std::move(to));
  if (!chosen) co_return std::unexpected(std::move(chosen.error()));
  co_return changes_between(before->configuration, after.configuration);
}

Task<Result<std::optional<AgentVersionId>>> VersionService::choose(Principal principal,
                                                                   Agent& agent,
                                                                   VersionChoice choice) {
  using Chosen = std::optional<AgentVersionId>;
  if (choice.is_draft()) co_return Chosen();
  if (const auto number = choice.number()) {
    auto version = co_await parts_.versions.find_number(std::move(principal), agent.id, *number);
    if (!version) co_return std::unexpected(std::move(version.error()));
    agent.configuration = version->configuration;
    remember(*version);
    co_return Chosen(version->id);
  }
  const Chosen published = agent.published_version;
  auto resumed = co_await resume(std::move(principal), agent, published);
  if (!resumed) co_return std::unexpected(std::move(resumed.error()));
  co_return published;
}

// Whoever asks has read, under its own rights, the agent or the conversation that names the
// version.
Task<Result<>> VersionService::resume(Principal principal, Agent& agent,
                                      std::optional<AgentVersionId> version) {
  if (!version) co_return Result<>{};
  if (const auto known = known_.find(*version); known != known_.end()) {
    agent.configuration = known->second;
    co_return Result<>{};
  }
  auto found = co_await parts_.versions.find(std::move(principal), *version);
  if (!found) co_return std::unexpected(std::move(found.error()));
  agent.configuration = found->configuration;
  remember(*found);
  co_return Result<>{};
}

void VersionService::remember(const AgentVersion& version) {
  if (known_.size() >= kKnownMax) known_.clear();
  known_.insert_or_assign(version.id, version.configuration);
}

}  // namespace antiphon
