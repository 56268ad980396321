#include "app/options.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon {
namespace {

constexpr std::array kOptions{
    OptionSpec{"url", "URL", "the server", "TEST_URL", "http://127.0.0.1:8080"},
    OptionSpec{"agent", "NAME", "the agent", "", ""},
    OptionSpec{"json", "", "print JSON", "", ""},
};
constexpr CommandSpec kCommand{"talk", "speaks", "", kOptions};

std::optional<std::string> no_environment(std::string_view) { return std::nullopt; }
std::optional<std::string> some_environment(std::string_view name) {
  if (name == "TEST_URL") return "http://example.test";
  return std::nullopt;
}

Result<Options> parse(std::vector<std::string> arguments,
                      Options::Environment environment = no_environment) {
  return Options::parse(kCommand, arguments, environment);
}

std::string error_of(std::vector<std::string> arguments) {
  const auto options = parse(std::move(arguments));
  return options ? "" : options.error().message;
}

TEST(Options, ReadsValuesInBothSpellings) {
  const auto options = parse({"--agent", "front-desk", "--url=http://a"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->get("agent"), "front-desk");
  EXPECT_EQ(options->get("url"), "http://a");
  EXPECT_FALSE(options->has("json"));
}

TEST(Options, FallsBackToTheEnvironmentAndThenToTheDefault) {
  EXPECT_EQ(parse({})->get("url"), "http://127.0.0.1:8080");
  EXPECT_EQ(parse({}, some_environment)->get("url"), "http://example.test");
  EXPECT_EQ(parse({"--url", "http://b"}, some_environment)->get("url"), "http://b");
}

TEST(Options, NamesTheNearestOptionWhenOneIsUnknown) {
  EXPECT_EQ(error_of({"--agnet", "x"}),
            "unknown option --agnet; did you mean --agent? (see `antiphon talk --help`)");
  EXPECT_EQ(error_of({"--zzzzzz"}), "unknown option --zzzzzz (see `antiphon talk --help`)");
}

TEST(Options, RefusesWhatIsMissingRepeatedOrStray) {
  EXPECT_EQ(error_of({"--agent"}), "--agent needs a value: NAME");
  EXPECT_EQ(error_of({"--json=1"}), "--json takes no value");
  EXPECT_EQ(error_of({"--json", "--json"}), "--json is given twice");
  EXPECT_EQ(error_of({"stray"}), "`stray` is no option of `antiphon talk` (see --help)");
  EXPECT_EQ(parse({})->require("agent").error().message, "--agent is missing");
}

TEST(Options, PrintsEveryOptionInTheHelp) {
  EXPECT_EQ(help_of(kCommand),
            "antiphon talk: speaks\n\nOptions\n"
            "  --url URL     the server [http://127.0.0.1:8080] (or $TEST_URL)\n"
            "  --agent NAME  the agent\n"
            "  --json        print JSON\n"
            "  --help        this text\n");
}

TEST(Options, ReadsDurations) {
  EXPECT_EQ(parse_duration("300ms")->count(), 300);
  EXPECT_EQ(parse_duration("1.2s")->count(), 1'200);
  EXPECT_EQ(parse_duration("2m")->count(), 120'000);
  for (const auto* text : {"", "s", "1", "-1s", "0s", "1h", "nan", "1e99s", "1.2 s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace antiphon
