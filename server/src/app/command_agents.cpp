// `antiphon agents …`: agents as files, and their versions, on a running server.
#include "api/agents/agent_documents.h"
#include "api/agents/version_documents.h"
#include "app/agent_file.h"
#include "app/commands.h"
#include "app/run_until_done.h"
#include "app/talk_json.h"
#include "core/percent.h"
#include "core/system_clock.h"
#include "json/json.h"
#include "json/value.h"
#include "net/http_client.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

namespace antiphon {

namespace {

constexpr int kMissing = 404;

struct ServerAnswer {
  int status = 0;
  std::string body;
};

// One request after another to one server, as one key.
class AgentsClient {
 public:
  static Result<AgentsClient> make(const Options& options) {
    auto key = find_api_key(options);
    if (!key) return std::unexpected(std::move(key.error()));
    std::string url = options.get("url");
    while (url.ends_with('/'))
      url.pop_back();
    return AgentsClient(std::move(url), std::move(*key));
  }

  // `path` behind /api/agents. An answer of 400 or more is an error, but for 404 where it may be.
  Result<ServerAnswer> ask(Method method, std::string_view path, std::string body = {},
                           std::string revision = {}, bool may_be_missing = false) {
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor(), clock_, {});
    Headers headers{{"Authorization", "Bearer " + key_}};
    if (!body.empty()) headers.set("Content-Type", "application/json");
    if (!revision.empty()) headers.set("If-Match", "\"" + revision + "\"");
    auto answer =
        run_until_done(loop, client.send({.method = method,
                                          .url = fmt::format("{}/api/agents{}", url_, path),
                                          .headers = std::move(headers),
                                          .body = std::move(body)}));
    if (!answer) return std::unexpected(std::move(answer.error()));
    const bool is_fine = answer->status < 400 || (may_be_missing && answer->status == kMissing);
    if (!is_fine) {
      return failure(ErrorCode::unavailable, problem_text(answer->status, answer->body));
    }
    return ServerAnswer{answer->status, std::move(answer->body)};
  }

 private:
  AgentsClient(std::string url, std::string key) : url_(std::move(url)), key_(std::move(key)) {}

  SystemClock clock_;
  std::string url_;
  std::string key_;
};

std::string path_of(const std::string& agent, std::string_view rest = {}) {
  return "/" + percent_encode(agent) + std::string(rest);
}

Result<> print_list(const Options& options, AgentsClient& client) {
  std::string cursor;
  do {
    auto page = client.ask(Method::get, "?limit=200&cursor=" + percent_encode(cursor));
    if (!page) return std::unexpected(std::move(page.error()));
    auto list = from_json<AgentList>(page->body, UnknownFields::ignore);
    if (!list) return std::unexpected(std::move(list.error()));
    if (options.has("json")) fmt::print("{}\n", page->body);
    for (const AgentOutput& agent : list->items) {
      if (options.has("json")) break;
      fmt::print("{:<32} {:<8} {}\n", agent.slug,
                 agent.status == AgentStatus::active ? "active" : "archived", agent.name);
    }
    cursor = list->next_cursor.value_or("");
  } while (!cursor.empty());
  return {};
}

// What the server has as its draft, with the revision it was read at; nothing: no such agent.
struct Stored {
  AgentOutput agent;
  AgentFile file;
};
Result<std::optional<Stored>> read_stored(AgentsClient& client, const std::string& agent) {
  auto answer = client.ask(Method::get, path_of(agent), {}, {}, true);
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (answer->status == kMissing) return std::optional<Stored>();
  auto output = from_json<AgentOutput>(answer->body, UnknownFields::ignore);
  if (!output) return std::unexpected(std::move(output.error()));
  auto file = file_of(*output);
  if (!file) return std::unexpected(std::move(file.error()));
  return Stored{std::move(*output), std::move(*file)};
}

Result<> pull(const Options& options, AgentsClient& client) {
  const std::string agent = options.get("agent");
  auto stored = read_stored(client, agent);
  if (!stored) return std::unexpected(std::move(stored.error()));
  if (!*stored) return failure(ErrorCode::not_found, "there is no agent " + agent);
  const std::string text =
      options.has("json") ? to_json((*stored)->file) + "\n" : write_agent_file((*stored)->file);
  if (!options.has("out")) {
    fmt::print("{}", text);
    return {};
  }
  std::ofstream out(options.get("out"), std::ios::binary);
  out << text;
  out.close();
  if (!out) return failure(ErrorCode::unavailable, options.get("out") + " cannot be written");
  return {};
}

void print_changes(const std::vector<VersionChange>& changes) {
  for (const VersionChange& change : changes) {
    if (!change.before) {
      fmt::print("+ {} {}\n", change.pointer, *change.after);
    } else if (!change.after) {
      fmt::print("- {} {}\n", change.pointer, *change.before);
    } else {
      fmt::print("~ {} {} -> {}\n", change.pointer, *change.before, *change.after);
    }
  }
}

std::vector<VersionChange> changes_of(const std::vector<VersionChangeOutput>& changes) {
  std::vector<VersionChange> copies;
  for (const VersionChangeOutput& change : changes)
    copies.push_back({change.pointer, change.before, change.after});
  return copies;
}

// What push did, or with --dry-run would do.
void report_push(const Options& options, const AgentFile& file, bool is_new,
                 const std::vector<VersionChange>& changes) {
  const bool dry = options.has("dry-run");
  if (options.has("json")) {
    json::Array list;
    for (const VersionChange& change : changes) {
      const auto value = [](const std::optional<std::string>& text) {
        return text ? json::Value(*text) : json::Value();
      };
      list.emplace_back(json::Object{{"pointer", change.pointer},
                                     {"before", value(change.before)},
                                     {"after", value(change.after)}});
    }
    fmt::print("{}\n", json::write(json::Object{{"agent", file.slug.value()},
                                                {"created", is_new},
                                                {"dry_run", dry},
                                                {"changes", std::move(list)}}));
    return;
  }
  print_changes(changes);
  if (is_new) {
    fmt::print("{} {}\n", file.slug.value(), dry ? "would be made" : "is made");
  } else if (changes.empty()) {
    fmt::print("{} is as the file says\n", file.slug.value());
  } else {
    fmt::print("{}: {} changes {}\n", file.slug.value(), changes.size(),
               dry ? "would go into the draft" : "are in the draft; publish it when it is ready");
  }
}

Result<AgentFile> read_file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in) return failure(ErrorCode::not_found, name + " cannot be read");
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  auto file = read_agent_file(text);
  if (file) return file;
  file.error().message.insert(0, name + ": ");
  return file;
}

Result<> push(const Options& options, AgentsClient& client) {
  const auto name = options.require("in");
  if (!name) return std::unexpected(name.error());
  auto file = read_file(*name);
  if (!file) return std::unexpected(std::move(file.error()));
  auto stored = read_stored(client, file->slug.value());
  if (!stored) return std::unexpected(std::move(stored.error()));
  const bool is_new = !stored->has_value();
  const auto changes =
      is_new ? std::vector<VersionChange>() : changes_between((*stored)->file, *file);
  if (!options.has("dry-run") && (is_new || !changes.empty())) {
    const std::string body = to_json(*file);
    auto written = is_new ? client.ask(Method::post, "", body)
                          : client.ask(Method::put, path_of((*stored)->agent.id.to_string()), body,
                                       std::to_string((*stored)->agent.revision));
    if (!written) return std::unexpected(std::move(written.error()));
  }
  report_push(options, *file, is_new, changes);
  return {};
}

Result<> print_publication(const Options& options, Result<ServerAnswer> answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (options.has("json")) {
    fmt::print("{}\n", answer->body);
    return {};
  }
  auto published = from_json<PublicationOutput>(answer->body, UnknownFields::ignore);
  if (!published) return std::unexpected(std::move(published.error()));
  print_changes(changes_of(published->changes));
  fmt::print("version {} is published\n", published->version.number);
  return {};
}

Result<> publish(const Options& options, AgentsClient& client) {
  const std::string body = json::write(json::Object{{"note", options.get("note")}});
  return print_publication(
      options, client.ask(Method::post, path_of(options.get("agent"), "/publish"), body));
}

Result<> roll_back(const Options& options, AgentsClient& client) {
  const auto version = options.require("version");
  if (!version) return std::unexpected(version.error());
  const auto number = VersionChoice::make(*version);
  if (!number || !number->number()) {
    return failure(ErrorCode::invalid_argument, "--version must be the number of a version");
  }
  const std::string body =
      json::write(json::Object{{"version", *number->number()}, {"note", options.get("note")}});
  return print_publication(
      options, client.ask(Method::post, path_of(options.get("agent"), "/rollback"), body));
}

Result<> diff(const Options& options, AgentsClient& client) {
  const std::string rest = fmt::format("/diff?from={}&to={}", percent_encode(options.get("from")),
                                       percent_encode(options.get("to")));
  auto answer = client.ask(Method::get, path_of(options.get("agent"), rest));
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (options.has("json")) {
    fmt::print("{}\n", answer->body);
    return {};
  }
  auto found = from_json<VersionDiffOutput>(answer->body, UnknownFields::ignore);
  if (!found) return std::unexpected(std::move(found.error()));
  print_changes(changes_of(found->changes));
  if (found->changes.empty()) fmt::print("no difference\n");
  return {};
}

int run(const Options& options, Result<> (*action)(const Options&, AgentsClient&)) {
  auto client = AgentsClient::make(options);
  if (!client) return fail(client.error());
  const auto done = action(options, *client);
  return done ? 0 : fail(done.error());
}

}  // namespace

int run_agents_list(const Options& options) { return run(options, print_list); }
int run_agents_pull(const Options& options) { return run(options, pull); }
int run_agents_push(const Options& options) { return run(options, push); }
int run_agents_publish(const Options& options) { return run(options, publish); }
int run_agents_rollback(const Options& options) { return run(options, roll_back); }
int run_agents_diff(const Options& options) { return run(options, diff); }

}  // namespace antiphon
