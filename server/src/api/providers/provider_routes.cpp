#include "api/providers/provider_routes.h"

#include "api/providers/provider_documents.h"
#include "json/json.h"

#include <utility>

namespace antiphon {

namespace {

Task<Result<Response>> check(ProviderCheck& providers, ApiCall call) {
  auto input = from_json<ProviderCheckInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  const ProviderParts parts{input->language_model.has_value(), input->recognizer.has_value(),
                            input->voice.has_value()};
  AgentConfiguration configuration;
  if (input->language_model) configuration.language_model = std::move(*input->language_model);
  if (input->recognizer) configuration.recognizer = std::move(*input->recognizer);
  if (input->voice) configuration.voice = std::move(*input->voice);
  auto findings =
      co_await providers.run(std::move(call.principal), std::move(configuration), parts);
  if (!findings) co_return std::unexpected(std::move(findings.error()));
  ProviderReport report;
  for (ProviderFinding& finding : *findings) {
    report.findings.push_back(
        {std::move(finding.part), finding.works, finding.took.count(), std::move(finding.message)});
  }
  co_return json_response(200, to_json(report));
}

}  // namespace

void add_provider_routes(Router& router, ProviderCheck& providers) {
  router.add(
      {.operation = {.method = "POST",
                     .path = "/api/providers/check",
                     .id = "providers.check",
                     .summary = "Ask providers for a word, to see whether they can be used.",
                     .description = "It costs what a few words cost at the provider. A "
                                    "provider that fails is a finding, not an error.",
                     .tag = "agents",
                     .scope = "agents:write",
                     .request = {&shape_of<ProviderCheckInput>()},
                     .responses = {{200, "A line for each part.", &shape_of<ProviderReport>()}}},
       .answer = [&providers](ApiCall call) { return check(providers, std::move(call)); }});
}

}  // namespace antiphon
