#include "app/accounts_fixture_test.h"

#include "api/agents/agent_routes.h"
#include "api/conversations/conversation_routes.h"
#include "api/documents/document_routes.h"
#include "api/recordings/recording_routes.h"
#include "api/system/system_routes.h"
#include "app/late_embeddings.h"
#include "crypto/api_key.h"
#include "engine/session_host.h"
#include "providers/knowledge/markdown_splitter.h"
#include "providers/knowledge/memory_index.h"
#include "store/recording/disk_archive.h"

#include <boost/asio/io_context.hpp>

namespace antiphon {

namespace {

class RecordedAnswer final : public ResponseWriter {
 public:
  Task<Result<>> send(Response response) override {
    answer = {response.status, std::move(response.headers), std::move(response.body)};
    co_return Result<>{};
  }
  Task<Result<>> start(int status, Headers headers) override {
    answer.status = status;
    answer.headers = std::move(headers);
    co_return Result<>{};
  }
  Task<Result<>> write(std::string_view part) override {
    answer.body += part;
    co_return Result<>{};
  }
  Task<Result<>> finish() override { co_return Result<>{}; }
  [[nodiscard]] bool is_started() const override { return answer.status != 0; }

  Answer answer;
};

class ForgetfulJournal final : public ConversationJournal {
 public:
  void record(JournalEntry) override {}
};

constexpr std::string_view kPersonToken = "person ";

}  // namespace

Task<Result<VerifiedUser>> TestTokens::verify(std::string token) {
  const auto user = token.starts_with(kPersonToken)
                        ? Uuid::parse(std::string_view(token).substr(kPersonToken.size()))
                        : std::nullopt;
  if (!user) co_return failure(ErrorCode::unauthenticated, "the token is malformed");
  VerifiedUser verified;
  verified.user = *user;
  verified.email = user->to_string() + "@example.org";
  verified.assurance = "aal1";
  co_return verified;
}

struct ApiParts {
  ApiParts(boost::asio::io_context& loop, Clock& clock, Random& random, Log& log, Metrics& metrics,
           store::PostgresStores& stores)
      : host({clock, random, journal, log, metrics}, {loop.get_executor()}),
        index(embeddings, loop.get_executor()),
        tickets({}, clock),
        agents(stores.agents(), clock, random),
        knowledge(loop.get_executor(), {stores.agents(), stores.knowledge(), splitter, embeddings,
                                        index, clock, random, log}),
        conversations(loop.get_executor(), {stores.agents(), stores.conversations(), journal, host,
                                            tickets, clock, random}),
        archive(folder.path()),
        recordings(loop.get_executor(), {stores.recordings(), archive, stores.conversations(), host,
                                         loop.get_executor(), clock, log}) {}

  TemporaryFolder folder;
  ForgetfulJournal journal;
  EngineSessionHost host;
  LateEmbeddings embeddings;
  MarkdownSplitter splitter;
  MemoryIndex index;
  TicketSigner tickets;
  AgentService agents;
  KnowledgeService knowledge;
  ConversationService conversations;
  DiskArchive archive;
  RecordingService recordings;
};

AccountsTest::AccountsTest()
    : parts_(std::make_unique<ApiParts>(loop_, clock_, random_, log_, metrics_, stores_)) {
  accounts_.believe(tokens_);
  add_agent_routes(router_, parts_->agents);
  add_document_routes(router_, parts_->knowledge);
  add_conversation_routes(router_, parts_->conversations);
  add_recording_routes(router_, parts_->recordings);
  accounts_.add_routes(router_, CookieTransport::plain);
  add_system_routes(router_, metrics_, [] { return std::vector<PartHealth>{}; });
  pool_.start();
  CHECK(antiphon::run(loop_, pool_.wait_until_up(Timepoint::max())), "the database is there");
}

AccountsTest::~AccountsTest() {
  antiphon::run(loop_, parts_->conversations.stop());
  antiphon::run(loop_, parts_->knowledge.stop());
  antiphon::run(loop_, parts_->recordings.stop(clock_.now()));
  antiphon::run(loop_, parts_->host.stop(clock_.now()));
  antiphon::run(loop_, pool_.stop());
}

Answer AccountsTest::ask(std::string_view method, std::string_view path, const Asker& asker,
                         std::string body) {
  Request request;
  request.method = parse_method(method);
  request.method_text = method;
  request.target = path;
  request.remote_address = "192.0.2.7";
  std::string_view rest = path.substr(0, path.find('?'));
  while (rest.starts_with('/')) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('/'), rest.size());
    request.segments.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  std::string_view query = path.contains('?') ? path.substr(path.find('?') + 1) : "";
  while (!query.empty()) {  // nothing in these tests needs to be decoded
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size() - 1);
    request.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) request.headers.add(std::string(name), value);
  };
  add("Authorization", asker.authorization);
  add("Cookie", asker.cookie);
  add(kCsrfHeader, asker.csrf);
  add(kWorkspaceHeader, asker.workspace);
  if (!body.empty()) add("Content-Type", "application/json");
  request.body = std::move(body);
  RecordedAnswer writer;
  antiphon::run(loop_, router_.handle(std::move(request), writer));
  return std::move(writer.answer);
}

std::string AccountsTest::email_of(Uuid user) { return user.to_string() + "@example.org"; }

Asker AccountsTest::person(Uuid user, WorkspaceId workspace) {
  sql("insert into auth.users (id, email) values ('" + user.to_string() + "', '" + email_of(user) +
      "') on conflict do nothing");
  return {.authorization = "Bearer person " + user.to_string(),
          .workspace = workspace.uuid().is_nil() ? "" : workspace.to_string()};
}

WorkspaceId AccountsTest::add_workspace(Uuid owner) {
  const WorkspaceId workspace(new_id());
  sql("insert into auth.users (id, email) values ('" + owner.to_string() + "', '" +
      email_of(owner) + "') on conflict do nothing;" +
      "insert into public.workspaces (id, slug, name) values ('" + workspace.to_string() +
      "', 'w-" + workspace.to_string() + "', 'Test')");
  add_member(workspace, owner, Role::owner);
  return workspace;
}

void AccountsTest::add_member(WorkspaceId workspace, Uuid user, Role role) {
  sql("insert into auth.users (id, email) values ('" + user.to_string() + "', '" + email_of(user) +
      "') on conflict do nothing;" +
      "insert into public.workspace_members (workspace_id, user_id, role) values ('" +
      workspace.to_string() + "', '" + user.to_string() + "', '" + std::string(name_of(role)) +
      "')");
}

std::string AccountsTest::add_key(WorkspaceId workspace, Role role, const std::string& scopes) {
  const NewApiKey key = make_api_key(random_);
  sql("insert into public.api_keys (workspace_id, name, prefix, key_hash, role, scopes) values ('" +
      workspace.to_string() + "', 'test', 'antiphon_', '\\x" + to_hex(key.hash) + "', '" +
      std::string(name_of(role)) + "', '" + scopes + "')");
  return "Bearer " + key.text.reveal();
}

std::string text_at(const std::string& body, std::string_view name) {
  const std::string wanted = "\"" + std::string(name) + "\":\"";
  const std::size_t at = body.find(wanted);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + wanted.size();
  return body.substr(begin, body.find('"', begin) - begin);
}

}  // namespace antiphon
