// The commands of `antiphon`. Each is a CommandSpec and a function from its options to an exit
// status.
//
// Exit status: 0 done, 1 failed (one line on standard error says why), 2 a wrong command line.
#pragma once

#include "app/options.h"

#include <span>

namespace antiphon {

struct Command {
  const CommandSpec* spec;
  int (*run)(const Options& options);
};

[[nodiscard]] std::span<const Command> commands();

[[nodiscard]] int run_up(const Options& options);
[[nodiscard]] int run_serve(const Options& options);
[[nodiscard]] int run_migrate(const Options& options);
[[nodiscard]] int run_talk(const Options& options);
[[nodiscard]] int run_chat(const Options& options);
[[nodiscard]] int run_recording(const Options& options);
[[nodiscard]] int run_replay(const Options& options);
[[nodiscard]] int run_say(const Options& options);
[[nodiscard]] int run_transcribe(const Options& options);
[[nodiscard]] int run_auth_keys(const Options& options);
[[nodiscard]] int run_outbox(const Options& options);
[[nodiscard]] int run_audit_verify(const Options& options);
[[nodiscard]] int run_contract(const Options& options);
[[nodiscard]] int run_agents_list(const Options& options);
[[nodiscard]] int run_agents_pull(const Options& options);
[[nodiscard]] int run_agents_push(const Options& options);
[[nodiscard]] int run_agents_publish(const Options& options);
[[nodiscard]] int run_agents_rollback(const Options& options);
[[nodiscard]] int run_agents_diff(const Options& options);
[[nodiscard]] int run_keys_make(const Options& options);
[[nodiscard]] int run_keys_status(const Options& options);
[[nodiscard]] int run_keys_rotate(const Options& options);

// "antiphon: " and the message, to standard error; 1.
[[nodiscard]] int fail(const Error& error);
// std::getenv as Options wants it.
[[nodiscard]] std::optional<std::string> environment_value(std::string_view name);
// --key, or the development key that `antiphon up` keeps in its data directory.
[[nodiscard]] Result<std::string> find_api_key(const Options& options);

}  // namespace antiphon
