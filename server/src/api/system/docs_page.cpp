#include "api/system/docs_page.h"

#include "json/problem.h"

#include <fmt/format.h>

#include <iterator>

namespace antiphon {

namespace {

// Sent as a file of its own: the page's policy allows no inline style.
constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Antiphon API</title><link rel="stylesheet" href="/docs/docs.css"></head><body><main>
)";

std::string escape(std::string_view text) {
  std::string out;
  for (const char character : text) {
    switch (character) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += character;
    }
  }
  return out;
}

void append_operation(std::string& page, const json::Operation& operation) {
  const auto out = std::back_inserter(page);
  fmt::format_to(out, "<section id=\"{}\"><h3><code>{} {}</code></h3><p>{}</p>", operation.id,
                 operation.method, escape(operation.path), escape(operation.summary));
  if (!operation.description.empty())
    fmt::format_to(out, "<p>{}</p>", escape(operation.description));
  if (!operation.scope.empty())
    fmt::format_to(out, "<p>Scope: <code>{}</code></p>", operation.scope);
  page += "<ul>";
  for (const json::Response& response : operation.responses) {
    fmt::format_to(out, "<li><code>{}</code> {}</li>", response.status,
                   escape(response.description));
  }
  page += "</ul></section>\n";
}

}  // namespace

std::string render_docs(const json::ApiDescription& api) {
  std::string page(kHead);
  const auto out = std::back_inserter(page);
  fmt::format_to(out, "<h1>{}</h1><p>{}</p>", escape(api.title), escape(api.description));
  page +=
      "<p>Machine-readable: <a href=\"/openapi.json\">openapi.json</a> (OpenAPI 3.1). "
      "Send <code>Authorization: Bearer antiphon_...</code> with each request. "
      "Try it with your voice: <a href=\"/try\">/try</a>.</p>";
  for (const json::Tag& tag : api.tags) {
    fmt::format_to(out, "<h2>{}</h2><p>{}</p>\n", escape(tag.name), escape(tag.description));
    for (const json::Operation& operation : api.operations) {
      if (operation.tag == tag.name) append_operation(page, operation);
    }
  }
  page +=
      "<h2>Errors</h2><p>Every error is an <code>application/problem+json</code> document "
      "(RFC 9457) with one of these codes.</p><dl>";
  for (const ErrorEntry& entry : error_catalogue()) {
    fmt::format_to(out, "<dt id=\"{0}\"><code>{0}</code> ({1})</dt><dd>{2}: {3}</dd>",
                   name_of(entry.code), entry.status, escape(entry.title),
                   escape(entry.description));
  }
  page += "</dl></main></body></html>\n";
  return page;
}

}  // namespace antiphon
