#include "app/server.h"

#include "api/conversations/conversation_routes.h"
#include "api/documents/document_routes.h"
#include "api/recordings/recording_routes.h"
#include "api/router.h"
#include "api/secrets/secret_routes.h"
#include "api/system/system_routes.h"
#include "app/development_key.h"
#include "app/late_embeddings.h"
#include "app/node_name.h"
#include "app/prompt_preparer.h"
#include "app/server_accounts.h"
#include "app/server_agents.h"
#include "app/server_auth.h"
#include "app/server_jobs.h"
#include "app/server_limits.h"
#include "app/server_live.h"
#include "app/server_parts.h"
#include "app/server_providers.h"
#include "app/server_sealing.h"
#include "app/server_sockets.h"
#include "app/server_tools.h"
#include "app/server_widget.h"
#include "app/speech_models.h"
#include "app/studio_pages.h"
#include "core/mailbox.h"
#include "core/system_clock.h"
#include "engine/session_host.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "providers/inference_pool.h"
#include "providers/knowledge/markdown_splitter.h"
#include "providers/knowledge/memory_index.h"
#include "service/conversation_service.h"
#include "service/knowledge_service.h"
#include "service/lost_calls.h"
#include "service/recording_service.h"
#include "store/call_log/disk_call_logs.h"
#include "store/journal/spooling_journal.h"
#include "store/memory/live_state.h"
#include "store/postgres/pool.h"
#include "store/postgres/stores.h"
#include "store/recording/disk_archive.h"
#include "store/recording/disk_recorder.h"
#include "store/redis/client.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kDatabasePatience{15};
constexpr std::chrono::seconds kDrain{5};
constexpr std::chrono::hours kUpkeep{24};

}  // namespace

struct Server::Parts {
  Parts(const ServerContext& given, ServerConfig wanted)
      : context(given),
        config(std::move(wanted)),
        pool(context.executor, context.clock, context.random, context.log, context.metrics,
             {.url = config.database_url}),
        stores(pool, context.log),
        redis(make_redis(context, config.redis_url)),
        auth(context, pool, redis.get(), config.auth, config.state, config.listen),
        own_live(context.clock),
        shared_live(make_live_state(context, redis.get(), own_live)),
        sealing(pool, context, config.load_master_keys),
        prompts(context.executor, context.clock, context.log),
        journal({stores.conversations(), context.clock, context.metrics, context.log},
                context.executor, {.folder = config.state / "journal"}),
        tickets(config.ticket_key, context.clock),
        access(stores.api_keys(), context.clock),
        watched({context.executor, context.clock, context.log, context.metrics, journal, tickets,
                 access, pool, redis.get()}),
        inference(context.clock, context.metrics, {.threads = config.inference_threads}),
        media(make_loops(config.media_workers, context)),
        recorder(
            {context.clock, context.log, context.metrics, &sealing.recordings, &context.random},
            {.folder = config.state / "recordings"},
            [this](Recording recording) { recordings.keep(std::move(recording)); }),
        archive(config.state / "recordings"),
        call_logs({context.log, context.metrics}, {.folder = config.state / "call-logs"}),
        host({context.clock, context.random, watched.journal(), context.log, context.metrics,
              &recorder, config.call_logs ? &call_logs : nullptr, config.calls_max, &thread_time},
             executors_of(media)),
        compute("compute", context.clock, context.metrics),
        index(embeddings, compute.executor()),
        providers(context, config.provider_policy, sealing.secrets, index),
        limits(redis.get(), context.clock, pool),
        accounts(pool, access, context.clock, context.random),
        tools(context, config.tool_policy, pool, sealing, index),
        agents(context, pool, stores.agents(), tools.store(), prompts),
        knowledge(context.executor, {stores.agents(), stores.knowledge(), splitter, embeddings,
                                     index, context.clock, context.random, context.log}),
        conversations(
            context.executor,
            {stores.agents(), stores.conversations(), watched.journal(), host, tickets,
             context.clock, context.random, &live(), node_name(context.random),
             [this](const AgentConfiguration& called) { prompts.want(called); },
             &sealing.conversations, limits.usage.time_left(), tools.service(), agents.versions()}),
        recordings(context.executor,
                   {stores.recordings(), archive, stores.conversations(), host, compute.executor(),
                    context.clock, context.log, &sealing.keys}),
        jobs({context, pool, sealing, index, compute.executor(), config, node_name(context.random),
              watched.feed()}),
        lost_calls({[this](WallTime before) { return store::unfinished_calls(pool, before); },
                    live(), watched.journal(), context.clock, context.log,
                    [this](ConversationId id) { return conversations.runs_here(id); }}),
        sockets({access, conversations, sealing.secrets, host, context.clock, context.log,
                 context.metrics, context.executor, context.random}),
        router(access, context.log, context.metrics),
        edge(context.clock, context.log, context.metrics, config.edge),
        http(
            context.executor, context.clock, context.log, context.metrics, edge.limits(),
            [this](const RequestHead& head) { return router.policy(head); },
            [this](Request request, ResponseWriter& writer) {
              return router.handle(std::move(request), writer);
            }),
        background(context.executor) {}

  ~Parts() {
    if (loader.joinable()) loader.join();
  }

  [[nodiscard]] LiveState& live() { return shared_live ? *shared_live : own_live; }
  void add_routes();
  [[nodiscard]] std::vector<PartHealth> health() const;
  Task<Result<>> prepare_database();
  Task<> load_speech(std::function<void(const Result<>&)> speech_ready);
  Task<> end_unfinished_calls();
  Task<> upkeep();

  ServerContext context;
  ServerConfig config;
  store::Pool pool;
  store::PostgresStores stores;
  std::unique_ptr<store::RedisClient> redis;
  ServerAuth auth;
  store::MemoryLiveState own_live;
  std::unique_ptr<LiveState> shared_live;  // in Redis, with own_live behind it; null without Redis
  SealingParts sealing;
  PromptPreparer prompts;
  SpoolingJournal journal;
  TicketSigner tickets;
  AccessService access;
  ServerLive watched;
  InferencePool inference;
  std::unique_ptr<SpeechModels> speech;
  std::vector<std::unique_ptr<Loop>> media;
  DiskRecorder recorder;
  DiskArchive archive;
  DiskCallLogs call_logs;
  EngineSessionHost host;
  Loop compute;
  LateEmbeddings embeddings;
  MarkdownSplitter splitter;
  MemoryIndex index;
  ServerProviders providers;
  LimitParts limits;
  ServerAccounts accounts;
  ServerTools tools;
  ServerAgents agents;
  KnowledgeService knowledge;
  ConversationService conversations;
  RecordingService recordings;
  ServerJobs jobs;
  LostCalls lost_calls;
  ServerWidget widget{{pool, conversations, sealing.secrets, context, limits, config}};
  ServerSockets sockets;
  StudioPages studio{config.studio};
  Router router;
  ServerEdge edge;
  HttpServer http;
  std::string speech_problem = "loading";
  std::thread loader;
  TaskGroup background;
};

void Server::Parts::add_routes() {
  limits.add_to(router, config.limits_requests);
  agents.add_routes(router);
  add_document_routes(router, knowledge);
  add_conversation_routes(router, conversations);
  add_recording_routes(router, recordings);
  add_secret_routes(router, sealing.secrets);
  auth.add_routes(router);
  accounts.believe(auth.verifier(), auth.service());
  accounts.use_mail(auth.mailer(), context.log, auth.public_url());
  accounts.add_routes(router,
                      config.edge.has_tls() ? CookieTransport::tls : CookieTransport::plain);
  watched.add_routes(router);
  jobs.add_routes(router);
  sockets.add_routes(router);
  widget.add_routes(router);
  studio.add_routes(router);
  add_system_routes(router, context.metrics, [this] { return health(); });
}

std::vector<PartHealth> Server::Parts::health() const {
  const store::PoolHealth database = pool.health();
  const bool database_up =
      database.state == store::PoolState::up || database.state == store::PoolState::degraded;
  std::vector<PartHealth> parts{
      {"api", true, true, ""},
      {"speech", host.speech_ready(), true, host.speech_ready() ? "" : speech_problem},
      {"postgresql", database_up, true,
       database_up ? "" : "running conversations go on; " + database.last_error}};
  parts.push_back({"journal", journal.problem().empty(), false, journal.problem()});
  if (redis) {
    const store::RedisHealth live = redis->health();
    parts.push_back(
        {"redis", live.commands_up, false,
         live.commands_up ? "" : "live state is kept in this process; " + live.last_error});
  }
  return parts;
}

Task<Result<>> Server::Parts::prepare_database() {
  pool.start();
  if (!co_await pool.wait_until_up(context.clock.now() + kDatabasePatience)) {
    co_return failure(ErrorCode::unavailable,
                      "PostgreSQL does not answer: " + pool.health().last_error);
  }
  const auto partitions = co_await store::ensure_month_partitions(pool);
  if (!partitions) co_return std::unexpected(partitions.error());
  if (auto checked = co_await sealing.start(); !checked) co_return checked;
  if (config.development_key) {
    const auto ensured =
        co_await ensure_development_key(stores.api_keys(), *config.development_key);
    if (!ensured) co_return ensured;
  }
  co_return Result<>{};
}

// A server that was killed ended nothing. Its own journal comes first: an end that lies in the
// spool was recorded before this one, and the first end counts.
Task<> Server::Parts::end_unfinished_calls() {
  const auto unfinished = co_await store::unfinished_calls(pool, context.clock.wall());
  if (!unfinished) {
    context.log.error("conversations.unfinished_unknown", {{"error", unfinished.error()}});
    co_return;
  }
  for (const Conversation& call : *unfinished)
    journal.record(lost_call_entry(call));
  if (!unfinished->empty()) {
    context.log.warning("conversations.ended_after_crash", {{"calls", unfinished->size()}});
  }
}

// Partitions for the coming months are made long before their time; a day without the database is
// no loss.
Task<> Server::Parts::upkeep() {
  while (co_await context.clock.sleep_for(kUpkeep)) {
    const auto partitions = co_await store::ensure_month_partitions(pool);
    if (!partitions) context.log.warning("database.upkeep_failed", {{"error", partitions.error()}});
  }
}

// Reading 130 MB of models blocks, so a thread of its own does it and brings the result back here.
Task<> Server::Parts::load_speech(std::function<void(const Result<>&)> speech_ready) {
  using Loaded = Result<std::unique_ptr<SpeechModels>>;
  const auto arrived =
      std::make_shared<Mailbox<std::shared_ptr<Loaded>>>(context.executor, 1, WhenFull::refuse);
  loader = std::thread([this, arrived] {
    arrived->push(std::make_shared<Loaded>(
        SpeechModels::open(config.models, config.state, inference, context.metrics)));
  });
  const auto received = co_await arrived->receive();
  if (!received) co_return;
  Loaded& loaded = **received;
  if (!loaded) {
    speech_problem = loaded.error().message;
    speech_ready(std::unexpected(loaded.error()));
    co_return;
  }
  speech = std::move(*loaded);
  if (!speech->has_word_times()) context.log.warning("speech.voice_without_word_times");
  embeddings.set(speech->embeddings());
  const Principal system{.kind = PrincipalKind::system, .why = "load knowledge"};
  const auto indexed = co_await knowledge.load(system);
  if (!indexed) context.log.error("knowledge.load_failed", {{"error", indexed.error()}});
  host.set_speech(providers.with(speech->stack()));
  prompts.start(providers.voices());
  speech_ready(co_await host.ready(context.clock.now() + kDrain));
  co_await agents.prepare_prompts();
}

Server::Server(const ServerContext& context, ServerConfig config)
    : parts_(std::make_unique<Parts>(context, std::move(config))) {}

Server::~Server() = default;

Task<Result<>> Server::start(std::function<void(const Result<>&)> speech_ready) {
  Parts& parts = *parts_;
  if (parts.redis) {
    auto begun = parts.redis->start();
    if (!begun) co_return begun;
  }
  auto prepared = co_await parts.prepare_database();
  if (!prepared) co_return prepared;
  const auto journalled = parts.journal.start();
  if (!journalled) {
    parts.context.log.error("journal.no_spool", {{"error", journalled.error()}});
  }
  // Before the first call of this server, so that none of its own is taken for an old one.
  if (parts.config.owns_database) co_await parts.end_unfinished_calls();
  if (!parts.config.owns_database && parts.config.shares_redis) {
    parts.background.spawn(parts.lost_calls.watch());
  }
  parts.watched.start();
  parts.recordings.start();
  parts.jobs.start();
  parts.recorder.start();
  if (parts.config.call_logs) parts.call_logs.start();
  parts.add_routes();
  parts.providers.start(parts.router, parts.host);
  parts.tools.start(parts.router, parts.host);
  auto media = parts.sockets.start(parts.config.webrtc);
  if (!media) co_return media;
  auto edged = parts.edge.apply(parts.http, parts.context.random.next());
  if (!edged) co_return edged;
  auto listening = parts.http.listen(parts.config.listen);
  if (!listening) co_return listening;
  parts.background.spawn(parts.load_speech(std::move(speech_ready)));
  parts.background.spawn(parts.upkeep());
  parts.background.spawn(parts.edge.watch());
  co_return Result<>{};
}

std::uint16_t Server::port() const { return parts_->http.port(); }

void Server::reload() { parts_->edge.reload(); }

std::string Server::fingerprint() const { return parts_->edge.fingerprint(); }

Task<> Server::stop() {
  Parts& parts = *parts_;
  parts.background.cancel();
  const Timepoint deadline = parts.context.clock.now() + kDrain;
  co_await parts.sockets.stop();
  co_await parts.watched.stop_sockets();
  co_await parts.http.stop(kDrain);
  co_await parts.host.stop(deadline);
  parts.recorder.stop();
  parts.call_logs.stop();
  co_await parts.recordings.stop(deadline);
  co_await parts.conversations.stop();
  co_await parts.providers.stop();
  co_await parts.tools.stop();
  co_await parts.knowledge.stop();
  co_await parts.jobs.stop();
  co_await parts.watched.stop();
  co_await parts.sealing.recordings.join();
  co_await parts.journal.stop(parts.context.clock.now() + kDrain);
  if (parts.loader.joinable()) parts.loader.join();
  co_await parts.background.join();
  co_await parts.prompts.stop();  // loading, which starts it, has ended
  co_await parts.auth.stop();
  if (parts.redis) co_await parts.redis->stop();
  co_await parts.pool.stop();
  // A job of a call that has ended may still run; it wakes a loop when it is done.
  parts.inference.stop();
  for (const auto& loop : parts.media)
    loop->stop();
  parts.compute.stop();
  parts.edge.stop();
}

}  // namespace antiphon
