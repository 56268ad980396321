// Options from the environment, a file and files of secrets.
#include "app/config_file.h"

#include "testing/run.h"

#include <gmock/gmock.h>

#include <array>
#include <fstream>

namespace antiphon {
namespace {

using testing::HasSubstr;

constexpr std::array kOptions{
    OptionSpec{"config", "FILE", "", "ANTIPHON_CONFIG", ""},
    OptionSpec{"listen", "HOST:PORT", "", "ANTIPHON_LISTEN", "127.0.0.1:8080"},
    OptionSpec{"database-url", "URL", "", "DATABASE_URL", ""}};
constexpr CommandSpec kCommand{"serve", "", "", kOptions};
constexpr std::array<const CommandSpec*, 1> kCommands{&kCommand};

class ConfigFileTest : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  Result<Options> read(std::vector<std::string> arguments, ConfigValues environment = {}) {
    return read_options(
        kCommand, kCommands, arguments, [&](std::string_view name) -> std::optional<std::string> {
          const auto found = environment.find(name);
          return found == environment.end() ? std::nullopt : std::optional(found->second);
        });
  }
  std::string problem(const std::string& text) {
    const auto options = read({"--config", file("bad", text)});
    return options ? "none" : options.error().message;
  }

  TemporaryFolder folder_;
};

TEST_F(ConfigFileTest, TakesTheFlagThenTheEnvironmentThenTheFileThenTheDefault) {
  const std::string path = file("env", "# a comment\n\nANTIPHON_LISTEN=file:1\n");
  EXPECT_EQ(
      read({"--config", path, "--listen", "flag:1"}, {{"ANTIPHON_LISTEN", "env:1"}})->get("listen"),
      "flag:1");
  EXPECT_EQ(read({"--config", path}, {{"ANTIPHON_LISTEN", "env:1"}})->get("listen"), "env:1");
  EXPECT_EQ(read({"--config=" + path})->get("listen"), "file:1");
  EXPECT_EQ(read({}, {{"ANTIPHON_CONFIG", path}})->get("listen"), "file:1");
  EXPECT_EQ(read({})->get("listen"), "127.0.0.1:8080");
}

TEST_F(ConfigFileTest, ReadsSecretsFromFilesOfTheirOwn) {
  const std::string secret = file("secret", "postgres://u:p@h/d\n");
  EXPECT_EQ(read({}, {{"DATABASE_URL_FILE", secret}})->get("database-url"), "postgres://u:p@h/d");
  EXPECT_EQ(read({"--config", file("env", "DATABASE_URL_FILE=\"" + secret + "\"\n")})
                ->get("database-url"),
            "postgres://u:p@h/d");
  EXPECT_THAT(read({}, {{"DATABASE_URL_FILE", secret}, {"DATABASE_URL", "x"}}).error().message,
              HasSubstr("both set"));
  EXPECT_EQ(read({}, {{"DATABASE_URL_FILE", "/nowhere"}}).error().code, ErrorCode::unavailable);
}

TEST_F(ConfigFileTest, NamesTheLineAndTheNearestName) {
  EXPECT_THAT(problem("\nANTIPHON_LISTN=x\n"),
              HasSubstr("line 2: unknown name ANTIPHON_LISTN; did you mean ANTIPHON_LISTEN?"));
  EXPECT_THAT(problem("ANTIPHON_LISTEN\n"), HasSubstr("line 1: write NAME=VALUE"));
  EXPECT_THAT(problem("ANTIPHON_LISTEN=a\nANTIPHON_LISTEN=b\n"), HasSubstr("line 2"));
  EXPECT_THAT(problem("ANTIPHON_LISTEN=\"a\n"), HasSubstr("quotes"));
  EXPECT_THAT(problem(std::string(70'000, '#')), HasSubstr("64 KiB"));
  EXPECT_THAT(problem("export ANTIPHON_LISTEN=x\n"), HasSubstr("unknown name"));
}

TEST_F(ConfigFileTest, ReplacesNothingInsideAValue) {
  const std::string path = file("env", "DATABASE_URL=\"a\\\"b\\\\c $HOME `x`\"\r\n");
  EXPECT_EQ(read({"--config", path})->get("database-url"), "a\"b\\c $HOME `x`");
}

TEST_F(ConfigFileTest, ListsEveryOptionInTheExample) {
  const std::string example = environment_example(kCommand);
  EXPECT_THAT(example, HasSubstr("#ANTIPHON_LISTEN=127.0.0.1:8080\n"));
  EXPECT_TRUE(read({"--config", file("example", example)}));
}

}  // namespace
}  // namespace antiphon
