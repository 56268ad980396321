#include "app/commands.h"

#include "app/data_directory.h"
#include "app/server_options.h"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace antiphon {

namespace {

using namespace server_option;

constexpr OptionSpec kUrl{"url", "URL", "the server", "ANTIPHON_URL", "http://127.0.0.1:8080"};
constexpr OptionSpec kKey{"key", "KEY", "an API key; default: the one in the data directory",
                          "ANTIPHON_API_KEY", ""};
constexpr OptionSpec kCallLogs{
    "call-logs", "", "keep what enters each call, for `antiphon replay`: all that is said", "", ""};
constexpr OptionSpec kAgent{"agent", "NAME", "the agent's slug or id", "", "front-desk"};
constexpr OptionSpec kVersion{"version", "VERSION", "of the agent: published, draft or a number",
                              "", "published"};

constexpr OptionSpec kRateLimits{
    "rate-limits", "on|off",
    "limit API requests; default: on, but for `up` that listens on the loopback alone",
    "ANTIPHON_RATE_LIMITS", ""};

constexpr std::array kUpOptions{kConfig,         kDataDirectory,
                                kListen,         kModels,
                                kCallLogs,       kRateLimits,
                                kThreads,        kTlsSelfSigned,
                                kTlsCertificate, kTlsKey,
                                kTrustedProxies, kProxyFields,
                                kAllowedOrigins, kConnectionsPerAddress,
                                kCallsMax,       kProviderTargets,
                                kToolTargets,    kWebRtcPort,
                                kWebRtcAddress,  kPurgeAfter};
constexpr CommandSpec kUp{
    "up", "start everything: PostgreSQL, Redis, migrations, demo agent, server",
    "Starts a private PostgreSQL and Redis in the data directory, applies the migrations and the\n"
    "seed, and serves. DATABASE_URL and REDIS_URL use real servers instead. The data directory is\n"
    "$XDG_DATA_HOME/antiphon or ~/.local/share/antiphon, for root /var/lib/antiphon. It holds the\n"
    "generated secrets and a development API key. Stop with Ctrl-C.",
    kUpOptions};

constexpr std::array kServeOptions{
    kConfig,
    kProfile,
    kDataDirectory,
    kListen,
    kModels,
    kCallLogs,
    kRateLimits,
    OptionSpec{"database-url", "URL", "PostgreSQL, as the role antiphon_app", "DATABASE_URL", ""},
    OptionSpec{"redis-url", "URL", "Redis", "REDIS_URL", ""},
    kThreads,
    kTlsCertificate,
    kTlsKey,
    kTrustedProxies,
    kProxyFields,
    kAllowedOrigins,
    kConnectionsPerAddress,
    kCallsMax,
    kProviderTargets,
    kToolTargets,
    kWebRtcPort,
    kWebRtcAddress,
    kPurgeAfter};
constexpr CommandSpec kServe{"serve", "serve, with a database and a Redis that run elsewhere",
                             "The migrations are applied by `antiphon migrate`.", kServeOptions};

constexpr std::array kMigrateOptions{
    OptionSpec{"database-url", "URL", "PostgreSQL, as the role that owns the database",
               "DATABASE_URL", ""},
    OptionSpec{"seed", "", "also load the demo workspace", "", ""}};
constexpr CommandSpec kMigrate{
    "migrate", "bring a database to the present schema",
    "Safe to run at any time, by several at once, and again after a crash.", kMigrateOptions};

constexpr std::array kTalkOptions{
    kUrl,
    kKey,
    kDataDirectory,
    kAgent,
    kVersion,
    OptionSpec{"in", "FILE", "what the caller says: WAV, FLAC, OGG or MP3", "", ""},
    OptionSpec{"out", "FILE", "write the call as stereo WAV: caller left, agent right", "", ""},
    OptionSpec{"interrupt", "FILE", "speak this over the agent's reply", "", ""},
    OptionSpec{"at", "TIME", "how long after the reply's first sound to interrupt", "", "1.2s"},
    OptionSpec{"json", "", "print one JSON document instead of text", "", ""}};
constexpr CommandSpec kTalk{
    "talk", "call an agent with a recording, in real time",
    "Prints what is said, the call as a ribbon, and where the time of each reply went.",
    kTalkOptions};

constexpr std::array kChatOptions{
    kUrl,
    kKey,
    kDataDirectory,
    kAgent,
    kVersion,
    OptionSpec{"text", "TEXT", "say this one thing and end; default: read lines", "", ""}};
constexpr CommandSpec kChat{"chat", "write with an agent",
                            "Reads a line at a time from standard input.", kChatOptions};

constexpr std::array kRecordingOptions{
    kUrl, kKey, kDataDirectory, OptionSpec{"id", "ID", "the conversation", "", ""},
    OptionSpec{"out", "FILE", "the WAV file to write: caller left, agent right", "", ""}};
constexpr CommandSpec kRecording{"recording", "fetch the recording of a call",
                                 "There is one when the agent records and the call has ended.",
                                 kRecordingOptions, "id"};

constexpr std::array kReplayOptions{
    OptionSpec{"call", "ID|FILE", "the conversation, or the file of its log", "", ""},
    kDataDirectory,
    OptionSpec{"out", "FILE", "write the call as stereo WAV: caller left, agent right", "", ""},
    OptionSpec{"json", "", "print one JSON document instead of text", "", ""}};
constexpr CommandSpec kReplay{
    "replay", "repeat a call from its log, byte for byte",
    "There is a log when the server ran with --call-logs. Ends with 1 when the call is not the\n"
    "same, and says where it first differs: in another version of the engine, that is the change.",
    kReplayOptions, "call"};

constexpr std::array kSayOptions{OptionSpec{"text", "TEXT", "what to say", "", ""},
                                 OptionSpec{"out", "FILE", "the WAV file to write", "", ""},
                                 kModels};
constexpr CommandSpec kSay{"say", "speak a text into a WAV file, with the agents' voice",
                           "Makes recordings for `antiphon talk`.", kSayOptions};

constexpr std::array kTranscribeOptions{
    OptionSpec{"in", "FILE", "a recording; default: a file name per line of standard input", "",
               ""},
    kModels};
constexpr CommandSpec kTranscribe{"transcribe", "print what is said in a recording",
                                  "One line per recording, by the agents' own recognizer.",
                                  kTranscribeOptions};

constexpr std::array kAuthKeysOptions{
    kDataDirectory,
    OptionSpec{"new", "KIND", "make a key that signs from the next start on: es256 or rs256", "",
               ""},
    OptionSpec{"remove", "ID", "forget a key; the tokens it signed are refused from then on", "",
               ""}};
constexpr CommandSpec kAuthKeys{
    "auth-keys", "the keys that sign people's access tokens",
    "Lists them, the one that signs first. To rotate: --new, restart, wait an hour for the last\n"
    "token of the old key, --remove it, restart.",
    kAuthKeysOptions};

constexpr std::array kOutboxOptions{
    kDataDirectory, OptionSpec{"last", "", "print the latest message whole", "", ""}};
constexpr CommandSpec kOutbox{
    "outbox", "the mail that was not sent, for want of a mail server",
    "Without ANTIPHON_SMTP_URL mail is kept in the data directory, outbox/.", kOutboxOptions};
constexpr std::array kAuditVerifyOptions{
    OptionSpec{"workspace", "ID", "check this one alone; default: all", "", ""},
    OptionSpec{"database-url", "URL", "PostgreSQL, as the role antiphon_app", "DATABASE_URL", ""},
    kDataDirectory};
constexpr CommandSpec kAuditVerify{
    "audit verify", "check that nobody changed the audit log afterwards",
    "Walks the chain of every workspace and names the first entry at which it is broken; the exit\n"
    "status is 1 then. Without --database-url it asks the database of a running `antiphon up`.",
    kAuditVerifyOptions};

constexpr std::array kContractOptions{
    OptionSpec{"write", "DIR", "write openapi.json, events, errors and types there", "", ""},
    OptionSpec{"check", "DIR", "fail when the files there are not what would be written", "", ""},
    OptionSpec{"write-pages", "DIR", "write the reference pages that are made of it there", "", ""},
    OptionSpec{"check-pages", "DIR", "fail when the pages there are not what would be written", "",
               ""}};
constexpr CommandSpec kContract{"contract", "the API's documents, made from the code", "",
                                kContractOptions};

constexpr OptionSpec kJson{"json", "", "print JSON instead of text", "", ""};
constexpr std::array kKeysOptions{
    kDataDirectory,
    OptionSpec{"database-url", "URL", "PostgreSQL; default: the one of `antiphon up`",
               "DATABASE_URL", ""},
    kJson};
constexpr CommandSpec kKeysMake{"keys make", "print a new master key", "", {}};
constexpr CommandSpec kKeysStatus{
    "keys status", "say which master key opens how many workspace keys",
    "The master keys are those of ANTIPHON_MASTER_KEY_FILE, ANTIPHON_MASTER_KEY or the data\n"
    "directory, the current one first.",
    kKeysOptions};
constexpr CommandSpec kKeysRotate{
    "keys rotate", "wrap every workspace key with a new master key, online",
    "Puts a new key in front of the key file, wraps every workspace key anew and drops the old\n"
    "one, which opens until the last is done. Run it again when it was cut off.",
    kKeysOptions};

constexpr OptionSpec kNote{"note", "TEXT", "what changed and why", "", ""};
constexpr std::array kAgentsListOptions{kUrl, kKey, kDataDirectory, kJson};
constexpr CommandSpec kAgentsList{"agents list", "list the agents", "", kAgentsListOptions};
constexpr std::array kAgentsPullOptions{
    kUrl,   kKey,  kDataDirectory,
    kAgent, kJson, OptionSpec{"out", "FILE", "the file to write; default: print it", "", ""}};
constexpr CommandSpec kAgentsPull{"agents pull", "write the draft of an agent as YAML", "",
                                  kAgentsPullOptions, "agent"};
constexpr std::array kAgentsPushOptions{
    kUrl,
    kKey,
    kDataDirectory,
    kJson,
    OptionSpec{"in", "FILE", "the YAML file of the agent", "", ""},
    OptionSpec{"dry-run", "", "say what would change, and change nothing", "", ""}};
constexpr CommandSpec kAgentsPush{"agents push", "make the draft of an agent what a YAML file says",
                                  "Makes the agent when there is none with the slug of the file. "
                                  "What the file leaves out returns\n"
                                  "to its default. Callers hear it once it is published.",
                                  kAgentsPushOptions, "in"};
constexpr std::array kAgentsPublishOptions{kUrl, kKey, kDataDirectory, kAgent, kNote, kJson};
constexpr CommandSpec kAgentsPublish{"agents publish", "publish the draft of an agent", "",
                                     kAgentsPublishOptions, "agent"};
constexpr std::array kAgentsRollbackOptions{
    kUrl,  kKey, kDataDirectory, kAgent, OptionSpec{"version", "NUMBER", "the old one", "", ""},
    kNote, kJson};
constexpr CommandSpec kAgentsRollback{"agents rollback", "publish an old version of an agent again",
                                      "", kAgentsRollbackOptions, "agent"};
constexpr std::array kAgentsDiffOptions{
    kUrl,
    kKey,
    kDataDirectory,
    kAgent,
    kJson,
    OptionSpec{"from", "VERSION", "published, draft or a number", "", "published"},
    OptionSpec{"to", "VERSION", "published, draft or a number", "", "draft"}};
constexpr CommandSpec kAgentsDiff{"agents diff", "what changed between two versions of an agent",
                                  "", kAgentsDiffOptions, "agent"};

constexpr std::array kCommands{Command{&kUp, run_up},
                               Command{&kServe, run_serve},
                               Command{&kMigrate, run_migrate},
                               Command{&kTalk, run_talk},
                               Command{&kChat, run_chat},
                               Command{&kRecording, run_recording},
                               Command{&kReplay, run_replay},
                               Command{&kSay, run_say},
                               Command{&kTranscribe, run_transcribe},
                               Command{&kAgentsList, run_agents_list},
                               Command{&kAgentsPull, run_agents_pull},
                               Command{&kAgentsPush, run_agents_push},
                               Command{&kAgentsPublish, run_agents_publish},
                               Command{&kAgentsRollback, run_agents_rollback},
                               Command{&kAgentsDiff, run_agents_diff},
                               Command{&kAuthKeys, run_auth_keys},
                               Command{&kOutbox, run_outbox},
                               Command{&kAuditVerify, run_audit_verify},
                               Command{&kContract, run_contract},
                               Command{&kKeysMake, run_keys_make},
                               Command{&kKeysStatus, run_keys_status},
                               Command{&kKeysRotate, run_keys_rotate}};

}  // namespace

std::span<const Command> commands() { return kCommands; }

int fail(const Error& error) {
  fmt::print(stderr, "antiphon: {}\n", error.message);
  for (const FieldError& field : error.fields) {
    fmt::print(stderr, "  {} {}\n", field.pointer, field.message);
  }
  return 1;
}

std::optional<std::string> environment_value(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Result<std::string> find_api_key(const Options& options) {
  if (options.has("key")) return options.get("key");
  std::filesystem::path folder = options.get("data-dir");
  if (folder.empty()) {
    const auto standard = default_data_directory(
        [](const char* name) { return environment_value(name); }, geteuid() == 0);
    if (!standard) return std::unexpected(standard.error());
    folder = *standard;
  }
  std::ifstream file(folder / "api-key");
  std::string key;
  if (std::getline(file, key) && !key.empty()) return key;
  return failure(
      ErrorCode::unauthenticated,
      fmt::format(
          "no API key: give --key, set ANTIPHON_API_KEY, or run `antiphon up` (looked in {})",
          (folder / "api-key").string()));
}

}  // namespace antiphon
