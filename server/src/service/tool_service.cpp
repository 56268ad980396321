#include "service/tool_service.h"

#include "domain/tool_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

Task<Result<>> ToolService::check_secrets(Principal principal,
                                          const ToolConfiguration& configuration) {
  if (!configuration.http) co_return Result<>{};
  std::vector<FieldError> wrong;
  std::size_t place = 0;
  for (const ToolHeader& header : configuration.http->headers) {
    const std::string pointer = fmt::format("/configuration/http/headers/{}/value", place++);
    for (const TemplatePart& part : parts_of_header(header.value.value())) {
      if (!part.is_name) continue;
      const auto found = co_await secrets_.find(principal, part.text);
      const bool is_missing = !found && found.error().code == ErrorCode::not_found;
      if (!found && !is_missing) co_return std::unexpected(found.error());
      if (is_missing || found->facts.kind != SecretKind::tool_secret) {
        wrong.push_back({pointer, fmt::format("names \"{}\", which is no secret of kind "
                                              "tool_secret; make it first",
                                              part.text)});
      }
    }
  }
  if (wrong.empty()) co_return Result<>{};
  co_return failure(ErrorCode::invalid_argument, "the tool names a secret that is not there",
                    std::move(wrong));
}

Task<Result<PutTool>> ToolService::put(Principal principal, std::string name,
                                       std::optional<std::int64_t> revision,
                                       ToolConfiguration configuration) {
  if (auto checked = check_tool(configuration); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  if (auto checked = co_await check_secrets(principal, configuration); !checked) {
    co_return std::unexpected(std::move(checked.error()));
  }
  const auto stored = co_await tools_.find(principal, name);
  if (!stored && stored.error().code != ErrorCode::not_found) {
    co_return std::unexpected(stored.error());
  }
  if (revision && (!stored || *revision != stored->revision)) {
    co_return failure(ErrorCode::conflict,
                      "the tool changed since you read it; read it again and repeat the change");
  }
  Tool tool;
  if (stored) {
    tool = *stored;
  } else {
    tool.id = ToolId(Uuid::make_ordered(clock_.wall(), random_));
    tool.workspace = principal.workspace;
    tool.name = std::move(name);
    tool.created_at = clock_.wall();
  }
  tool.updated_at = clock_.wall();
  tool.configuration = std::move(configuration);
  auto put = co_await tools_.put(std::move(principal), std::move(tool));
  if (!put) co_return std::unexpected(std::move(put.error()));
  co_return PutTool{std::move(*put), !stored.has_value()};
}

Task<Result<Tool>> ToolService::find(Principal principal, std::string name) {
  co_return co_await tools_.find(std::move(principal), std::move(name));
}

Task<Result<Page<Tool>>> ToolService::list(Principal principal, PageRequest page) {
  co_return co_await tools_.list(std::move(principal), std::move(page));
}

Task<Result<>> ToolService::remove(Principal principal, std::string name) {
  co_return co_await tools_.remove(std::move(principal), std::move(name));
}

Task<Result<std::vector<Tool>>> ToolService::of(Principal principal,
                                                const AgentConfiguration& configuration) {
  std::vector<std::string> names;
  for (const auto& name : configuration.tools)
    names.push_back(name.value());
  if (names.empty()) co_return std::vector<Tool>{};
  auto tools = co_await tools_.named(std::move(principal), names);
  if (!tools) co_return tools;
  // In the agent's order: what a model is told first counts for more.
  std::ranges::sort(*tools, {}, [&names](const Tool& tool) {
    return std::ranges::find(names, tool.name) - names.begin();
  });
  co_return tools;
}

Task<Result<>> check_tool_names(ToolStore& tools, Principal principal,
                                std::vector<std::string> names, std::string pointer) {
  if (names.empty()) co_return Result<>{};
  const auto known = co_await tools.named(std::move(principal), names);
  if (!known) co_return std::unexpected(known.error());
  std::vector<FieldError> wrong;
  for (std::size_t place = 0; place < names.size(); ++place) {
    const auto is_it = [&](const Tool& tool) { return tool.name == names[place]; };
    const auto* const twice = &*std::ranges::find(names, names[place]);
    if (std::ranges::none_of(*known, is_it)) {
      wrong.push_back({fmt::format("{}/{}", pointer, place), "is no tool of this workspace"});
    } else if (twice != &names[place]) {
      wrong.push_back({fmt::format("{}/{}", pointer, place), "is in the list already"});
    }
  }
  if (wrong.empty()) co_return Result<>{};
  co_return failure(ErrorCode::invalid_argument, "the agent names a tool that it cannot have",
                    std::move(wrong));
}

}  // namespace antiphon
