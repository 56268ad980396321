#include "app/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numeric>

namespace antiphon {

namespace {

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

const OptionSpec* find(const CommandSpec& command, std::string_view name) {
  const auto found = std::ranges::find(command.options, name, &OptionSpec::name);
  return found == command.options.end() ? nullptr : &*found;
}

std::unexpected<Error> unknown_option(const CommandSpec& command, std::string_view name) {
  std::vector<std::string_view> names;
  for (const OptionSpec& option : command.options)
    names.push_back(option.name);
  const std::string_view close = nearest(name, names);
  std::string message = fmt::format("unknown option --{}", name);
  if (!close.empty()) message += fmt::format("; did you mean --{}?", close);
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{} (see `antiphon {} --help`)", message, command.name));
}

std::string usage_of(const OptionSpec& option) {
  std::string text = fmt::format("--{}", option.name);
  if (!option.value.empty()) text += fmt::format(" {}", option.value);
  return text;
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = 3;  // more edits than this is another word
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

Result<Options> Options::parse(const CommandSpec& command, std::span<const std::string> arguments,
                               const Environment& environment) {
  Options options;
  for (std::size_t index = 0; index < arguments.size(); ++index) {
    std::string_view argument = arguments[index];
    if (!command.operand.empty() && !argument.starts_with('-')) {
      if (options.values_.emplace(command.operand, argument).second) continue;
      return failure(
          ErrorCode::invalid_argument,
          fmt::format("`{}` is one too many (see `antiphon {} --help`)", argument, command.name));
    }
    if (!argument.starts_with("--") || argument.size() < 3) {
      return failure(
          ErrorCode::invalid_argument,
          fmt::format("`{}` is no option of `antiphon {}` (see --help)", argument, command.name));
    }
    argument.remove_prefix(2);
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const OptionSpec* option = find(command, name);
    if (option == nullptr) return unknown_option(command, name);
    std::string value;
    if (option->value.empty()) {
      if (equals != std::string_view::npos) {
        return failure(ErrorCode::invalid_argument, fmt::format("--{} takes no value", name));
      }
    } else if (equals != std::string_view::npos) {
      value = argument.substr(equals + 1);
    } else if (index + 1 < arguments.size()) {
      value = arguments[++index];
    } else {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("--{} needs a value: {}", name, option->value));
    }
    if (!options.values_.emplace(name, std::move(value)).second) {
      return failure(ErrorCode::invalid_argument, fmt::format("--{} is given twice", name));
    }
  }
  for (const OptionSpec& option : command.options) {
    if (options.has(option.name)) continue;
    std::optional<std::string> value;
    if (!option.environment.empty()) value = environment(option.environment);
    if (!value && !option.fallback.empty()) value = std::string(option.fallback);
    if (value) options.values_.emplace(option.name, std::move(*value));
  }
  return options;
}

std::string Options::get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

Result<std::string> Options::require(std::string_view name) const {
  const auto found = values_.find(name);
  if (found != values_.end() && !found->second.empty()) return found->second;
  return failure(ErrorCode::invalid_argument, fmt::format("--{} is missing", name));
}

std::string help_of(const CommandSpec& command) {
  std::string text = fmt::format("antiphon {}: {}\n", command.name, command.summary);
  if (!command.operand.empty()) {
    const OptionSpec* operand = find(command, command.operand);
    text += fmt::format("\nUsage\n  antiphon {} {} [OPTIONS]\n", command.name,
                        operand == nullptr ? std::string_view() : operand->value);
  }
  if (!command.detail.empty()) text += fmt::format("\n{}\n", command.detail);
  std::size_t width = 0;
  for (const OptionSpec& option : command.options)
    width = std::max(width, usage_of(option).size());
  text += "\nOptions\n";
  for (const OptionSpec& option : command.options) {
    text += fmt::format("  {:<{}}  {}", usage_of(option), width, option.help);
    if (!option.fallback.empty()) text += fmt::format(" [{}]", option.fallback);
    if (!option.environment.empty()) text += fmt::format(" (or ${})", option.environment);
    text += '\n';
  }
  text += fmt::format("  {:<{}}  {}\n", "--help", width, "this text");
  return text;
}

std::string help_of(std::span<const CommandSpec* const> commands) {
  std::string text =
      "antiphon: a self-hosted voice-agent platform\n\nUsage\n  antiphon COMMAND [OPTIONS]\n\n"
      "Commands\n";
  std::size_t width = 0;
  for (const CommandSpec* command : commands)
    width = std::max(width, command->name.size());
  for (const CommandSpec* command : commands)
    text += fmt::format("  {:<{}}  {}\n", command->name, width, command->summary);
  text +=
      "\n`antiphon COMMAND --help` shows a command's options. `antiphon --version` prints the "
      "version.\n";
  return text;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto refused = [text] {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("`{}` is no duration; write 300ms, 1.2s or 2m", text));
  };
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !std::isfinite(number) || number <= 0) return refused();
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double factor = unit == "ms" ? 1 : unit == "s" ? 1'000 : unit == "m" ? 60'000 : 0;
  const double milliseconds = number * factor;
  if (milliseconds < 1 || milliseconds > 86'400'000) return refused();
  return std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds));
}

}  // namespace antiphon
