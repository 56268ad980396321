// Command lines: `antiphon COMMAND [WORD] [--name VALUE | --flag] ...`.
//
// Each command declares its options once; parsing, errors and --help come from that.
// Errors  invalid_argument: unknown option, missing or repeated value, stray argument. Messages
//         name the option and the nearest known one.
#pragma once

#include "core/result.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct OptionSpec {
  std::string_view name;   // without the dashes
  std::string_view value;  // placeholder of the value in --help; empty: a flag
  std::string_view help;
  std::string_view
      environment;            // the variable that stands in when the option is absent; may be empty
  std::string_view fallback;  // the value when neither is given; may be empty
};

struct CommandSpec {
  std::string_view name;
  std::string_view summary;  // one line
  std::string_view detail;   // paragraphs for `antiphon COMMAND --help`
  std::span<const OptionSpec> options;
  std::string_view operand = {};  // the option that a bare word stands for; may be empty
};

class Options {
 public:
  // `get_environment` is std::getenv in the product.
  using Environment = std::function<std::optional<std::string>(std::string_view name)>;

  [[nodiscard]] static Result<Options> parse(const CommandSpec& command,
                                             std::span<const std::string> arguments,
                                             const Environment& environment);

  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
  // The value given, from the environment, or the fallback; empty when there is none.
  [[nodiscard]] std::string get(std::string_view name) const;
  // invalid_argument naming the option when it is absent.
  [[nodiscard]] Result<std::string> require(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// The text of `antiphon COMMAND --help` and of `antiphon --help`.
[[nodiscard]] std::string help_of(const CommandSpec& command);
[[nodiscard]] std::string help_of(std::span<const CommandSpec* const> commands);

// "1.2s", "300ms", "2m": a positive duration.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// Of `candidates`, the one with the fewest edits from `word`; empty when none is close.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> candidates);

}  // namespace antiphon
