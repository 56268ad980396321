#include "service/version_service.h"

#include "crypto/hash.h"
#include "service/configuration_diff.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

// The version takes part: the callers of one canary are not the first of every other.
bool meets(const Canary& canary, std::string_view caller) {
  const Sha256 digest = sha256(canary.version.to_string() + std::string(caller));
  const unsigned draw = std::to_integer<unsigned>(digest[0]) << 16U |
                        std::to_integer<unsigned>(digest[1]) << 8U |
                        std::to_integer<unsigned>(digest[2]);
  return draw % 100 < static_cast<unsigned>(canary.percent);
}

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
  auto canary = co_await parts_.versions.canary_of(principal, found->id);
  if (!canary) co_return std::unexpected(std::move(canary.error()));
  auto versions = co_await parts_.versions.list(std::move(principal), found->id, std::move(page));
  if (!versions) co_return std::unexpected(std::move(versions.error()));
  co_return VersionList{found->published_version, *canary, std::move(*versions)};
}

Task<Result<std::int64_t>> VersionService::start_canary(Principal principal, std::string agent,
                                                        std::int64_t number, int percent) {
  auto found = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto version = co_await parts_.versions.find_number(principal, found->id, number);
  if (!version) co_return std::unexpected(std::move(version.error()));
  if (version->id == found->published_version || !found->published_version) {
    co_return failure(ErrorCode::wrong_state,
                      "a canary is another version than the published one, beside it");
  }
  auto revision = co_await parts_.versions.set_canary(std::move(principal), found->id,
                                                      Canary{version->id, percent});
  if (revision && parts_.on_published) parts_.on_published(version->configuration);
  co_return revision;
}

Task<Result<>> VersionService::stop_canary(Principal principal, std::string agent) {
  auto found = co_await parts_.agents.find_named(principal, std::move(agent));
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto stopped = co_await parts_.versions.set_canary(std::move(principal), found->id, std::nullopt);
  if (!stopped) co_return std::unexpected(std::move(stopped.error()));
  co_return Result<>{};
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
  auto chosen = co_await choose(principal, *before, std::move(from), {});
  if (chosen) chosen = co_await choose(std::move(principal), after, std::move(to), {});
  if (!chosen) co_return std::unexpected(std::move(chosen.error()));
  co_return changes_between(before->configuration, after.configuration);
}

Task<Result<std::optional<AgentVersionId>>> VersionService::choose(Principal principal,
                                                                   Agent& agent,
                                                                   VersionChoice choice,
                                                                   std::string caller) {
  using Chosen = std::optional<AgentVersionId>;
  if (choice.is_draft()) co_return Chosen();
  if (const auto number = choice.number()) {
    auto version = co_await parts_.versions.find_number(std::move(principal), agent.id, *number);
    if (!version) co_return std::unexpected(std::move(version.error()));
    agent.configuration = version->configuration;
    remember(*version);
    co_return Chosen(version->id);
  }
  Chosen met = agent.published_version;
  if (met && !caller.empty()) {
    const auto canary = co_await parts_.versions.canary_of(principal, agent.id);
    if (!canary) co_return std::unexpected(canary.error());
    if (*canary && meets(**canary, caller)) met = (*canary)->version;
  }
  auto resumed = co_await resume(std::move(principal), agent, met);
  if (!resumed) co_return std::unexpected(std::move(resumed.error()));
  co_return met;
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
