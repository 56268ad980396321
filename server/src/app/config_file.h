// Options that are not on the command line: the environment, a file, secrets in files of their own.
//
// The first that says something counts: the flag, the environment, the file of --config, the
// default. NAME_FILE instead of NAME, in both, names a file that holds the value; one line break at
// its end is dropped.
// Format  a line is NAME=VALUE, empty, or begins with '#'. A value may stand in double quotes, then
//         \" and \\ mean themselves; nothing else is replaced.
// Limits  64 KiB a file.
// Errors  invalid_argument: names the line; an unknown NAME (with the nearest known one), a NAME
//         twice, NAME and NAME_FILE both. unavailable: a file cannot be read.
// Thread  one.
#pragma once

#include "app/options.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

using ConfigValues = std::map<std::string, std::string, std::less<>>;

// `known` are the names that any command understands.
[[nodiscard]] Result<ConfigValues> parse_config(std::string_view text,
                                                std::span<const std::string_view> known);

[[nodiscard]] Result<Options> read_options(const CommandSpec& command,
                                           std::span<const CommandSpec* const> commands,
                                           std::span<const std::string> arguments,
                                           const Options::Environment& environment);

// The names of all options that may come from the environment, each once.
[[nodiscard]] std::vector<std::string_view> environment_names(
    std::span<const CommandSpec* const> commands);

// docs/reference/configuration.md and .env.example.
[[nodiscard]] std::string configuration_page(const CommandSpec& serve, const CommandSpec& up);
[[nodiscard]] std::string environment_example(const CommandSpec& serve);

}  // namespace antiphon
