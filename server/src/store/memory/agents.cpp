#include "core/utf8.h"
#include "store/memory/tables.h"

namespace antiphon::store {

namespace {

using enum PrincipalKind;

bool is_slug(std::string_view text) {
  if (text.empty() || text.size() > 63) return false;
  char before = '-';
  for (const char letter : text) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (!plain && (letter != '-' || before == '-')) return false;
    before = letter;
  }
  return before != '-';
}

Result<> check(const Agent& agent) {
  std::vector<FieldError> faults;
  if (!is_slug(agent.slug)) faults.push_back({"/slug", "must be lower-case words joined by -"});
  const std::size_t length = utf8_length(agent.name);
  if (length < 1 || length > 120) faults.push_back({"/name", text_rule(1, 120)});
  if (utf8_length(agent.description) > 2'000) {
    faults.push_back({"/description", text_rule(0, 2'000)});
  }
  if (faults.empty()) return {};
  return failure(ErrorCode::invalid_argument, "the agent was not stored", std::move(faults));
}

bool matches(const Agent& agent, const AgentFilter& filter) {
  if (filter.status && agent.status != *filter.status) return false;
  const std::string wanted = to_lower_ascii(filter.search);
  const auto holds = [&](const std::string& text) {
    return to_lower_ascii(text).find(wanted) != std::string::npos;
  };
  return holds(agent.name) || holds(agent.slug) || holds(agent.description);
}

class MemoryAgents final : public AgentStore {
 public:
  explicit MemoryAgents(Tables& tables) : tables_(tables) {}

  Task<Result<Agent>> create(Principal principal, Agent agent) override {
    if (auto allowed = require_kind(principal, {user, api_key}); !allowed) {
      co_return std::unexpected(allowed.error());
    }
    if (auto valid = check(agent); !valid) co_return std::unexpected(valid.error());
    if (agent.id.uuid().is_nil()) agent.id = AgentId(tables_.new_id());
    agent.workspace = principal.workspace;
    if (tables_.agents.contains(agent.id)) co_return taken("/id");
    if (slug_taken(agent)) co_return taken("/slug");
    agent.revision = 1;
    agent.created_at = agent.updated_at = tables_.stamp();
    tables_.agents.emplace(agent.id, agent);
    co_return agent;
  }

  Task<Result<Agent>> find(Principal principal, AgentId id) override {
    const Agent* agent = visible(principal, id);
    if (agent == nullptr) co_return missing("agent");
    co_return *agent;
  }

  Task<Result<Agent>> find_by_slug(Principal principal, std::string slug) override {
    for (const auto& [id, agent] : tables_.agents) {
      if (agent.workspace == principal.workspace && agent.slug == slug) co_return agent;
    }
    co_return missing("agent");
  }

  Task<Result<Page<Agent>>> list(Principal principal, AgentFilter filter,
                                 PageRequest page) override {
    std::vector<Agent> found;
    for (const auto& [id, agent] : tables_.agents) {
      if (agent.workspace == principal.workspace && matches(agent, filter)) found.push_back(agent);
    }
    co_return page_of(std::move(found), page, [](const Agent& agent) { return agent.created_at; });
  }

  Task<Result<Agent>> save(Principal principal, Agent agent) override {
    if (auto allowed = require_kind(principal, {user, api_key}); !allowed) {
      co_return std::unexpected(allowed.error());
    }
    Agent* stored = visible(principal, agent.id);
    if (stored == nullptr) co_return missing("agent");
    if (stored->revision != agent.revision) {
      co_return failure(ErrorCode::conflict, "the agent changed since it was read");
    }
    if (auto valid = check(agent); !valid) co_return std::unexpected(valid.error());
    agent.workspace = stored->workspace;
    if (slug_taken(agent)) co_return taken("/slug");
    agent.created_at = stored->created_at;
    agent.updated_at = tables_.stamp();
    agent.revision = stored->revision + 1;
    *stored = agent;
    co_return agent;
  }

  Task<Result<>> remove(Principal principal, AgentId id) override {
    if (auto allowed = require_kind(principal, {user, api_key}); !allowed) co_return allowed;
    if (visible(principal, id) == nullptr) co_return missing("agent");
    tables_.agents.erase(id);
    std::erase_if(tables_.links, [&](const auto& link) { return link.first == id; });
    for (auto& [key, entry] : tables_.conversations) {
      if (entry.conversation.agent != id) continue;
      entry.conversation.agent = AgentId{};
      entry.conversation.agent_version.reset();
    }
    co_return Result<>{};
  }

  Task<Result<std::vector<KnowledgeBaseId>>> knowledge_of(Principal principal,
                                                          AgentId id) override {
    if (visible(principal, id) == nullptr) co_return missing("agent");
    std::vector<KnowledgeBaseId> bases;
    for (const auto& [agent, base] : tables_.links) {
      if (agent == id) bases.push_back(base);
    }
    co_return bases;
  }

  Task<Result<>> share_knowledge(Principal principal, AgentId from, AgentId to) override {
    if (visible(principal, from) == nullptr || visible(principal, to) == nullptr) {
      co_return missing("agent");
    }
    const auto links = tables_.links;
    for (const auto& [agent, base] : links) {
      if (agent == from) tables_.links.emplace_back(to, base);
    }
    co_return Result<>{};
  }

 private:
  Agent* visible(const Principal& principal, AgentId id) {
    const auto found = tables_.agents.find(id);
    if (found == tables_.agents.end()) return nullptr;
    return found->second.workspace == principal.workspace ? &found->second : nullptr;
  }

  bool slug_taken(const Agent& agent) const {
    return std::ranges::any_of(tables_.agents, [&](const auto& entry) {
      const Agent& other = entry.second;
      return other.workspace == agent.workspace && other.slug == agent.slug && other.id != agent.id;
    });
  }

  static std::unexpected<Error> taken(std::string pointer) {
    return failure(ErrorCode::already_exists, "another agent has this already",
                   {{std::move(pointer), "is already taken"}});
  }

  Tables& tables_;
};

}  // namespace

std::unique_ptr<AgentStore> make_memory_agents(Tables& tables) {
  return std::make_unique<MemoryAgents>(tables);
}

}  // namespace antiphon::store
