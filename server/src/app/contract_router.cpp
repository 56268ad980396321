#include "app/contract_router.h"

#include "api/agents/agent_routes.h"
#include "api/agents/version_routes.h"
#include "api/conversations/conversation_routes.h"
#include "api/documents/document_routes.h"
#include "api/jobs/job_routes.h"
#include "api/live/live_sockets.h"
#include "api/providers/provider_routes.h"
#include "api/recordings/recording_routes.h"
#include "api/secrets/secret_routes.h"
#include "api/system/system_routes.h"
#include "api/tools/tool_routes.h"
#include "app/late_embeddings.h"
#include "app/server_accounts.h"
#include "app/server_sealing.h"
#include "app/server_usage.h"
#include "app/server_widget.h"
#include "core/system_clock.h"
#include "engine/session_host.h"
#include "providers/knowledge/markdown_splitter.h"
#include "providers/knowledge/memory_index.h"
#include "providers/routers.h"
#include "store/memory/memory_stores.h"
#include "store/postgres/agent_versions.h"
#include "store/postgres/jobs.h"
#include "store/postgres/rights.h"
#include "store/postgres/tools.h"
#include "store/recording/disk_archive.h"

#include <boost/asio/io_context.hpp>

namespace antiphon {

namespace {

class ForgetfulJournal final : public ConversationJournal {
 public:
  void record(JournalEntry) override {}
};

}  // namespace

// The handlers are bound to real services over empty stores: cheaper to keep true than a second
// table.
json::ApiDescription describe_contract() {
  boost::asio::io_context loop;
  SystemClock clock;
  SystemRandom random;
  Metrics metrics;
  Log log(clock, 2, LogLevel::error);
  store::MemoryStores stores(clock, random);
  ForgetfulJournal journal;
  EngineSessionHost host({clock, random, journal, log, metrics}, {loop.get_executor()});
  LateEmbeddings embeddings;
  MarkdownSplitter splitter;
  MemoryIndex index(embeddings, loop.get_executor());
  const TicketSigner tickets({}, clock);
  AccessService access(stores.api_keys(), clock);
  AgentService agents(stores.agents(), clock, random);
  KnowledgeService knowledge(loop.get_executor(), {stores.agents(), stores.knowledge(), splitter,
                                                   embeddings, index, clock, random, log});
  ConversationService conversations(loop.get_executor(), {stores.agents(), stores.conversations(),
                                                          journal, host, tickets, clock, random});
  DiskArchive archive("recordings");
  RecordingService recordings(loop.get_executor(),
                              {stores.recordings(), archive, stores.conversations(), host,
                               loop.get_executor(), clock, log});
  store::Pool pool(loop.get_executor(), clock, random, log, metrics, {});  // never started
  SealingParts sealing(pool, {loop.get_executor(), clock, random, log, metrics},
                       [] { return Result<std::optional<MasterKeys>>(std::nullopt); });
  const auto version_store = store::make_postgres_agent_versions(pool);
  VersionService versions({agents, *version_store, clock, random});
  const auto tool_store = store::make_postgres_tools(pool);
  ToolService tools(*tool_store, *sealing.secret_store, clock, random);
  ServerAccounts accounts(pool, access, clock, random);
  LiveFeed feed(loop.get_executor(), clock, log, metrics, nullptr);
  store::PostgresRights rights(pool);
  LiveSockets live(loop.get_executor(), {feed, {}, {}, {}, rights, clock, log});
  store::PostgresJobs jobs(pool);
  ModelRouter models({});
  RecognizerRouter recognizers({});
  VoiceRouter voices({});
  ProviderCheck provider_check(models, recognizers, voices, clock);
  ServerUsage usage(pool, clock);
  store::PostgresWidgets widget_store(pool);
  WidgetService widgets({widget_store, conversations, sealing.secrets, clock, random, TicketKey{}});
  Router router(access, log, metrics);
  add_agent_routes(router, agents);
  add_version_routes(router, versions);
  add_document_routes(router, knowledge);
  add_conversation_routes(router, conversations);
  add_recording_routes(router, recordings);
  add_secret_routes(router, sealing.secrets);
  add_provider_routes(router, provider_check);
  add_tool_routes(router, tools);
  accounts.add_routes(router, CookieTransport::plain);
  add_live_routes(router, live);
  add_job_routes(router, jobs);
  usage.add_routes(router);
  add_widget_routes(router, widgets, usage.service);
  add_visitor_routes(router, widgets, nullptr);
  add_system_routes(router, metrics, [] { return std::vector<PartHealth>{}; });
  return describe_api(router);
}

}  // namespace antiphon
