#include "service/agent_service.h"

#include "core/utf8.h"
#include "service/agent_providers.h"
#include "service/tool_service.h"

#include <fmt/format.h>

namespace antiphon {

namespace {

constexpr std::size_t kSlugMax = 60;
constexpr std::size_t kSlugStartMax = 54;  // with "-" and 8 digits: 63, what the database takes
constexpr int kSlugAttempts = 20;

void apply(const AgentDraft& draft, Agent& agent) {
  agent.name = draft.name;
  agent.description = draft.description;
  agent.status = draft.status;
  agent.configuration = draft.configuration;
  if (draft.slug) agent.slug = *draft.slug;
}

}  // namespace

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char character : to_lower_ascii(name)) {
    const bool word =
        (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
    if (word) {
      slug += character;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() >= kSlugMax) break;
  }
  while (slug.ends_with('-'))
    slug.pop_back();
  return slug.empty() ? "agent" : slug;
}

Task<Result<>> AgentService::check(Principal principal, const AgentConfiguration& configuration) {
  if (auto checked = check_providers(configuration, "/configuration"); !checked) co_return checked;
  if (tools_ == nullptr) co_return Result<>{};
  std::vector<std::string> names;
  for (const auto& name : configuration.tools)
    names.push_back(name.value());
  co_return co_await check_tool_names(*tools_, std::move(principal), std::move(names),
                                      "/configuration/tools");
}

Task<Result<Agent>> AgentService::create(Principal principal, AgentDraft draft) {
  if (auto checked = co_await check(principal, draft.configuration); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  Agent agent;
  agent.id = AgentId(Uuid::make_ordered(clock_.wall(), random_));
  agent.workspace = principal.workspace;
  apply(draft, agent);
  agent.created_at = clock_.wall();
  agent.updated_at = agent.created_at;
  if (draft.slug) co_return co_await agents_.create(std::move(principal), std::move(agent));
  agent.slug = slug_of(agent.name);
  co_return co_await store_under_free_slug(std::move(principal), std::move(agent));
}

// Nobody chose the slug, so a taken one is no error: front-desk, front-desk-2, front-desk-3 …
Task<Result<Agent>> AgentService::store_under_free_slug(Principal principal, Agent agent) {
  const std::string base = agent.slug;
  for (int attempt = 2; attempt < kSlugAttempts + 2; ++attempt) {
    auto created = co_await agents_.create(principal, agent);
    if (created || created.error().code != ErrorCode::already_exists) co_return created;
    agent.slug = fmt::format("{}-{}", base, attempt);
  }
  std::string_view start = std::string_view(base).substr(0, kSlugStartMax);
  while (start.ends_with('-'))
    start.remove_suffix(1);
  agent.slug = fmt::format("{}-{:08x}", start, random_.next() & 0xFFFF'FFFFU);
  co_return co_await agents_.create(std::move(principal), std::move(agent));
}

Task<Result<Agent>> AgentService::find(Principal principal, AgentId id) {
  co_return co_await agents_.find(std::move(principal), id);
}

Task<Result<Agent>> AgentService::find_named(Principal principal, std::string id_or_slug) {
  if (const auto uuid = Uuid::parse(id_or_slug)) {
    co_return co_await agents_.find(std::move(principal), AgentId(*uuid));
  }
  co_return co_await agents_.find_by_slug(std::move(principal), std::move(id_or_slug));
}

Task<Result<Page<Agent>>> AgentService::list(Principal principal, AgentFilter filter,
                                             PageRequest page) {
  co_return co_await agents_.list(std::move(principal), std::move(filter), std::move(page));
}

Task<Result<Agent>> AgentService::replace(Principal principal, AgentId id,
                                          std::optional<std::int64_t> revision, AgentDraft draft) {
  if (auto checked = co_await check(principal, draft.configuration); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  auto agent = co_await agents_.find(principal, id);
  if (!agent) co_return agent;
  if (revision && *revision != agent->revision) {
    co_return failure(ErrorCode::conflict,
                      "the agent changed since you read it; read it again and repeat the change");
  }
  apply(draft, *agent);
  agent->updated_at = clock_.wall();
  co_return co_await agents_.save(std::move(principal), std::move(*agent));
}

Task<Result<>> AgentService::remove(Principal principal, AgentId id) {
  co_return co_await agents_.remove(std::move(principal), id);
}

Task<Result<Agent>> AgentService::duplicate(Principal principal, AgentId id) {
  auto agent = co_await agents_.find(principal, id);
  if (!agent) co_return agent;
  agent->id = AgentId(Uuid::make_ordered(clock_.wall(), random_));
  agent->name = std::string(utf8_prefix(agent->name, 113)) + " (copy)";
  agent->slug = slug_of(agent->slug + "-copy");
  agent->revision = 1;
  agent->published_version.reset();
  agent->created_at = clock_.wall();
  agent->updated_at = agent->created_at;
  auto copy = co_await store_under_free_slug(principal, std::move(*agent));
  if (!copy) co_return copy;
  auto shared = co_await agents_.share_knowledge(std::move(principal), id, copy->id);
  if (!shared) co_return std::unexpected(std::move(shared.error()));
  co_return copy;
}

}  // namespace antiphon
