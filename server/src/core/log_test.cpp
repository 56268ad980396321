#include "core/log.h"

#include "core/utf8.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace antiphon {
namespace {

// A file that a Log writes to, read back as text.
class LogFile {
 public:
  LogFile() : descriptor_(open(path().c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600)) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() { close(descriptor_); }

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::string text() const {
    std::string all;
    std::array<char, 4096> buffer{};
    off_t offset = 0;
    while (true) {
      const ssize_t count = pread(descriptor_, buffer.data(), buffer.size(), offset);
      if (count <= 0) return all;
      all.append(buffer.data(), static_cast<std::size_t>(count));
      offset += count;
    }
  }

 private:
  [[nodiscard]] std::string path() const { return (folder_.path() / "log").string(); }

  TemporaryFolder folder_;
  int descriptor_;
};

TEST(Log, WritesOneJsonObjectALine) {
  LogFile file;
  ManualClock clock;
  clock.advance(std::chrono::milliseconds(7));
  Log log(clock, file.descriptor(), LogLevel::debug);
  log.info("call.answered", {{"call", "c-1"}, {"after_ms", 120}, {"ok", true}, {"ratio", 0.25}});
  log.debug("tick");
  log.warning("late");
  log.error("lost", {{"why", Error{ErrorCode::timeout, "the deadline passed"}}});
  EXPECT_EQ(file.text(),
            "{\"time\":\"2026-01-05T09:00:00.007Z\",\"level\":\"info\",\"event\":\"call.answered\","
            "\"call\":\"c-1\",\"after_ms\":120,\"ok\":true,\"ratio\":0.25}\n"
            "{\"time\":\"2026-01-05T09:00:00.007Z\",\"level\":\"debug\",\"event\":\"tick\"}\n"
            "{\"time\":\"2026-01-05T09:00:00.007Z\",\"level\":\"warning\",\"event\":\"late\"}\n"
            "{\"time\":\"2026-01-05T09:00:00.007Z\",\"level\":\"error\",\"event\":\"lost\","
            "\"why\":\"the deadline passed\"}\n");
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  LogFile file;
  const ManualClock clock;
  Log log(clock, file.descriptor(), LogLevel::warning);
  log.debug("a");
  log.info("b");
  log.error("c");
  EXPECT_EQ(file.text().find("\"a\""), std::string::npos);
  EXPECT_EQ(file.text().find("\"b\""), std::string::npos);
  EXPECT_NE(file.text().find("\"c\""), std::string::npos);
}

TEST(Log, NeverPrintsWhatIsSensitive) {
  LogFile file;
  const ManualClock clock;
  Log log(clock, file.descriptor(), LogLevel::debug);
  const Sensitive<std::string> name(std::string("Ada Lovelace"));
  log.info("caller", {{"name", name}});
  EXPECT_NE(file.text().find("\"name\":\"[redacted]\""), std::string::npos);
  EXPECT_EQ(file.text().find("Ada"), std::string::npos);
}

TEST(Log, EscapesSoThatEveryLineStaysJson) {
  std::string quoted;
  append_json_string(quoted, std::string_view("a\"b\\c\nd\te\x01\0f\x7f", 13));
  EXPECT_EQ(quoted, "\"a\\\"b\\\\c\\u000ad\\u0009e\\u0001\\u0000f\x7f\"");
  std::string bad;
  append_json_string(bad, "gr\xc3\xbc\xff\xe2\x82");
  EXPECT_EQ(bad, "\"gr\xc3\xbc\\ufffd\\ufffd\\ufffd\"");
}

TEST(Log, NumbersThatJsonDoesNotHaveAreNull) {
  LogFile file;
  const ManualClock clock;
  Log log(clock, file.descriptor(), LogLevel::debug);
  log.info("ratio", {{"a", std::nan("")},
                     {"b", std::numeric_limits<double>::infinity()},
                     {"c", std::numeric_limits<std::uint64_t>::max()},
                     {"d", std::numeric_limits<std::int64_t>::min()}});
  EXPECT_NE(file.text().find("\"a\":null,\"b\":null,\"c\":18446744073709551615,"
                             "\"d\":-9223372036854775808}"),
            std::string::npos)
      << file.text();
}

TEST(Log, CutsALineAtEightKibibytesAndSaysSo) {
  LogFile file;
  const ManualClock clock;
  Log log(clock, file.descriptor(), LogLevel::debug);
  const std::string part(1000, 'x');
  log.info("long", {{"a", part},
                    {"b", part},
                    {"c", part},
                    {"d", part},
                    {"e", part},
                    {"f", part},
                    {"g", part},
                    {"h", part},
                    {"i", part}});
  const std::string text = file.text();
  EXPECT_LE(text.size(), 8192U);
  EXPECT_NE(text.find("\"g\":"), std::string::npos);
  EXPECT_EQ(text.find("\"i\":"), std::string::npos);
  EXPECT_TRUE(text.ends_with(",\"cut\":true}\n")) << text.substr(text.size() - 40);
}

TEST(Log, LinesOfManyThreadsDoNotMix) {
  LogFile file;
  const ManualClock clock;
  Log log(clock, file.descriptor(), LogLevel::debug);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&log, thread] {
      for (int line = 0; line < 250; ++line)
        log.info("line", {{"thread", thread}, {"n", line}});
    });
  }
  for (auto& thread : threads)
    thread.join();
  const std::string text = file.text();
  std::size_t lines = 0;
  for (std::size_t start = 0; start < text.size(); ++lines) {
    const std::size_t end = text.find('\n', start);
    ASSERT_NE(end, std::string::npos);
    EXPECT_EQ(text.compare(start, 9, "{\"time\":\""), 0);
    EXPECT_EQ(text[end - 1], '}');
    start = end + 1;
  }
  EXPECT_EQ(lines, 1000U);
}

}  // namespace
}  // namespace antiphon
