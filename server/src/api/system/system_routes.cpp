#include "api/system/system_routes.h"

#include "api/system/docs_page.h"
#include "api/system/system_documents.h"
#include "json/json.h"

#include <memory>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kDocsStyle = R"(:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0}
main{max-width:52rem;margin:0 auto;padding:1.5rem}
h3{margin-bottom:0}section{border-top:1px solid #8884;padding:.5rem 0}
code{font-size:.95em}dt{margin-top:.75rem}
)";
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

Response text_response(std::string media_type, std::string body) {
  Response response;
  response.headers.set("Content-Type", std::move(media_type));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

Response readiness(const HealthProbe& probe) {
  ReadinessOutput output;
  output.ready = true;
  for (PartHealth& part : probe()) {
    output.ready = output.ready && (part.up || !part.required);
    const std::string_view state = part.up ? "up" : part.required ? "down" : "degraded";
    PartOutput line{std::move(part.name), std::string(state), std::nullopt};
    if (!part.detail.empty()) line.detail = std::move(part.detail);
    output.parts.push_back(std::move(line));
  }
  return json_response(output.ready ? 200 : 503, to_json(output));
}

AnswerHandler answer_with(std::function<Response()> make) {
  return [make = std::move(make)](ApiCall) -> Task<Result<Response>> { co_return make(); };
}

HttpHandler page_of(std::function<Response()> make) {
  return respond_with([make = std::move(make)](Request) -> Task<Response> { co_return make(); });
}

void add_probes(Router& router, HealthProbe probe) {
  router.add(
      {.operation = {.method = "GET",
                     .path = "/healthz",
                     .id = "system.health",
                     .summary = "The process is alive.",
                     .tag = "system",
                     .responses = {{.description = "It is.", .shape = &shape_of<HealthOutput>()}}},
       .answer = answer_with([] { return json_response(200, to_json(HealthOutput{"ok"})); })});
  router.add({.operation = {.method = "GET",
                            .path = "/readyz",
                            .id = "system.readiness",
                            .summary = "Which parts can take work now.",
                            .tag = "system",
                            .responses = {{.description = "Everything that is required is up.",
                                           .shape = &shape_of<ReadinessOutput>()},
                                          {.status = 503,
                                           .description = "A required part is down.",
                                           .shape = &shape_of<ReadinessOutput>()}}},
              .answer = answer_with([probe = std::move(probe)] { return readiness(probe); })});
}

}  // namespace

json::ApiDescription describe_api(const Router& router) {
  json::ApiDescription api;
  api.title = "Antiphon";
  api.version = "1";
  api.description = "Agents that talk: build them, give them knowledge, speak and write with them.";
  api.tags = {{"agents", "What answers."},
              {"knowledge", "What it answers from."},
              {"conversations", "Speaking and writing with it."},
              {"recordings", "Listening to what was said."},
              {"secrets", "Sealed keys and passwords, written only."},
              {"workspaces", "What everything belongs to."},
              {"members", "Who belongs to a workspace, and as what."},
              {"keys", "What programs come with."},
              {"sessions", "People in the studio."},
              {"audit", "Who changed what."},
              {"usage", "What was used, and what may be."},
              {"widgets", "Agents on websites."},
              {"widget", "What the widget of a website asks, for its visitor."},
              {"system", "For operators."}};
  api.operations = router.operations();
  return api;
}

void add_system_routes(Router& router, Metrics& metrics, HealthProbe probe) {
  add_probes(router, std::move(probe));
  router.add(PageRoute{"/metrics", page_of([&metrics] {
                         return text_response("text/plain; version=0.0.4; charset=utf-8",
                                              metrics.render());
                       })});
  const json::ApiDescription api = describe_api(router);
  json::check_table(api);
  // Made once: the table does not change while the server runs.
  const auto openapi = std::make_shared<const std::string>(json::openapi_json(api));
  const auto docs = std::make_shared<const std::string>(render_docs(api));
  router.add(PageRoute{"/openapi.json", page_of([openapi] {
                         return text_response(std::string(json::kJsonMediaType), *openapi);
                       })});
  // A problem's type is /docs/errors#code.
  for (const std::string_view path : {"/docs", "/docs/errors"}) {
    router.add(PageRoute{path, page_of([docs] {
                           Response page = text_response("text/html; charset=utf-8", *docs);
                           page.headers.set("Content-Security-Policy", std::string(kDocsPolicy));
                           return page;
                         })});
  }
  router.add(PageRoute{"/docs/docs.css", page_of([] {
                         return text_response("text/css; charset=utf-8", std::string(kDocsStyle));
                       })});
}

}  // namespace antiphon
