#include "app/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace antiphon {

namespace {

constexpr std::size_t kFileMax = 64 * 1024;
constexpr std::string_view kFileSuffix = "_FILE";

Result<std::string> read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kFileMax + 1, '\0');
  if (!file || std::filesystem::is_directory(path)) {
    return failure(ErrorCode::unavailable, "cannot read " + path);
  }
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileMax) {
    return failure(ErrorCode::invalid_argument, path + " is over 64 KiB");
  }
  return text;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::string> unquoted(std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1 == text.size() ? std::optional(value) : std::nullopt;
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) {
      ++at;
    }
    value += text[at];
  }
  return std::nullopt;
}

bool is_known(std::string_view name, std::span<const std::string_view> known) {
  const auto has = [&](std::string_view one) {
    return std::ranges::find(known, one) != known.end();
  };
  return has(name) ||
         (name.ends_with(kFileSuffix) && has(name.substr(0, name.size() - kFileSuffix.size())));
}

std::unexpected<Error> at_line(int line, std::string_view what) {
  return failure(ErrorCode::invalid_argument, fmt::format("line {}: {}", line, what));
}

// NAME, or what the file holds that NAME_FILE names.
Result<std::optional<std::string>> value_from(
    const std::function<std::optional<std::string>(std::string_view)>& source,
    std::string_view name) {
  auto value = source(name);
  const std::string with_suffix = std::string(name) + std::string(kFileSuffix);
  const auto path = source(with_suffix);
  if (!path) return value;
  if (value) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{} and {} are both set; keep one", name, with_suffix));
  }
  auto text = read_small_file(*path);
  if (!text) {
    return failure(text.error().code, fmt::format("{}: {}", with_suffix, text.error().message));
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  return std::optional(std::move(*text));
}

// Of the command line alone: the rest may stand in that very file.
std::string config_path(std::span<const std::string> arguments,
                        const Options::Environment& environment) {
  constexpr std::string_view kFlag = "--config";
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    if (arguments[index] == kFlag && index + 1 < arguments.size()) return arguments[index + 1];
    if (arguments[index].starts_with("--config=")) return arguments[index].substr(kFlag.size() + 1);
  }
  return environment("ANTIPHON_CONFIG").value_or("");
}

const OptionSpec* find(const CommandSpec& command, std::string_view name) {
  const auto found = std::ranges::find(command.options, name, &OptionSpec::name);
  return found == command.options.end() ? nullptr : &*found;
}

// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '|', '/');
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

}  // namespace

Result<ConfigValues> parse_config(std::string_view text, std::span<const std::string_view> known) {
  ConfigValues values;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return at_line(number, "write NAME=VALUE");
    const auto name = trim(line.substr(0, equals));
    if (!is_known(name, known)) {
      const auto close = nearest(name, known);
      return at_line(number,
                     fmt::format("unknown name {}{}", name,
                                 close.empty() ? "" : fmt::format("; did you mean {}?", close)));
    }
    auto value = unquoted(trim(line.substr(equals + 1)));
    if (!value) return at_line(number, fmt::format("the quotes of {} do not close", name));
    if (!values.emplace(name, std::move(*value)).second) {
      return at_line(number, fmt::format("{} is there twice", name));
    }
  }
  return values;
}

std::vector<std::string_view> environment_names(std::span<const CommandSpec* const> commands) {
  std::vector<std::string_view> names;
  for (const CommandSpec* command : commands) {
    for (const OptionSpec& option : command->options) {
      if (!option.environment.empty()) names.push_back(option.environment);
    }
  }
  std::ranges::sort(names);
  const auto rest = std::ranges::unique(names);
  names.erase(rest.begin(), rest.end());
  return names;
}

Result<Options> read_options(const CommandSpec& command,
                             std::span<const CommandSpec* const> commands,
                             std::span<const std::string> arguments,
                             const Options::Environment& environment) {
  ConfigValues file;
  const std::string path =
      find(command, "config") == nullptr ? "" : config_path(arguments, environment);
  if (!path.empty()) {
    const auto text = read_small_file(path);
    if (!text) return std::unexpected(text.error());
    auto parsed = parse_config(*text, environment_names(commands));
    if (!parsed) {
      return failure(parsed.error().code, fmt::format("{}: {}", path, parsed.error().message));
    }
    file = std::move(*parsed);
  }
  const auto in_file = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = file.find(name);
    return found == file.end() ? std::nullopt : std::optional(found->second);
  };
  ConfigValues values;
  for (const OptionSpec& option : command.options) {
    if (option.environment.empty()) continue;
    auto value = value_from(environment, option.environment);
    if (value && !*value) value = value_from(in_file, option.environment);
    if (!value) return std::unexpected(std::move(value.error()));
    if (*value) values.emplace(option.environment, std::move(**value));
  }
  return Options::parse(
      command, arguments, [&](std::string_view name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
      });
}

std::string configuration_page(const CommandSpec& serve, const CommandSpec& up) {
  std::string page =
      "# Configuration\n\n"
      "Generated by `antiphon contract` from the options of `antiphon serve` and `antiphon up`.\n\n"
      "Each option is a flag, a variable of the environment, or a line `NAME=VALUE` in the file "
      "that `--config` names; the first of these that says something counts.\n"
      "`NAME_FILE` instead of `NAME` names a file that holds the value: use it for secrets.\n"
      "An unknown name in the file is refused, with the nearest known one.\n"
      "[.env.example](../../.env.example) lists them all, to copy.\n\n"
      "| flag | variable | value | default | of | meaning |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  const auto add = [&](const OptionSpec& option, std::string_view of) {
    page +=
        fmt::format("| `--{}` | {} | {} | {} | {} | {} |\n", option.name, code(option.environment),
                    cell(option.value), code(option.fallback), of, cell(option.help));
  };
  for (const OptionSpec& option : serve.options)
    add(option, find(up, option.name) == nullptr ? "serve" : "both");
  for (const OptionSpec& option : up.options) {
    if (find(serve, option.name) == nullptr) add(option, "up");
  }
  page +=
      "\nWith `--profile production`, `serve` does not start when it would speak plain HTTP to "
      "everybody (neither TLS nor a trusted proxy), trusts everybody as a proxy, allows every "
      "origin, or sets no limit of connections per address.\n";
  return page;
}

std::string environment_example(const CommandSpec& serve) {
  std::string text =
      "# Generated by `antiphon contract`. Copy it, change it, and start with --config FILE.\n"
      "# docs/reference/configuration.md explains it; NAME_FILE names a file with the value.\n";
  for (const OptionSpec& option : serve.options) {
    if (option.environment.empty() || option.name == "config") continue;
    text += fmt::format("\n# {}\n#{}={}\n", option.help, option.environment, option.fallback);
  }
  return text;
}

}  // namespace antiphon
