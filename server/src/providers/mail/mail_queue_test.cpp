// Mail to a real mail server (aiosmtpd), and into a folder.
#include "providers/mail/mail_queue.h"

#include "net/smtp.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Sink {
 public:
  explicit Sink(const std::string& mode) {
    const std::string command = "exec /usr/bin/python3 " +
                                (repository_root() / "server/testdata/mail/sink.py").string() +
                                " " + folder_.path().string() + " " + mode + " 2>/dev/null";
    pipe_ = ::popen(command.c_str(), "re");
    std::array<char, 32> line{};
    if (std::fgets(line.data(), line.size(), pipe_) != nullptr) port_ = line.data();
    while (port_.ends_with('\n'))
      port_.pop_back();
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() {
    std::ofstream(folder_.path() / "stop") << "";
    ::pclose(pipe_);
  }
  [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + port_; }
  [[nodiscard]] std::string certificate() const {
    return (folder_.path() / "certificate.pem").string();
  }
  [[nodiscard]] std::string message(const std::string& name) const {
    std::ifstream in(folder_.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  TemporaryFolder folder_;
  std::FILE* pipe_ = nullptr;
  std::string port_;
};

MailMessage message() {
  return {.kind = "confirm",
          .to = Sensitive(std::string("ada@example.test")),
          .subject = "Confirm",
          .text = Sensitive(std::string("first line\n.a line that begins with a dot\ncafé")),
          .html = Sensitive(std::string("<p>first line</p>"))};
}

TEST(Smtp, HandsAMessageOver) {
  const Sink sink("open");
  const ManualClock clock;
  const auto settings = parse_smtp_url(sink.url());
  ASSERT_TRUE(settings);
  const auto sent = smtp_delivery(*settings, "Antiphon <voice@example.test>", clock)(message());
  ASSERT_TRUE(sent) << sent.error().message;
  const std::string kept = sink.message("0001.eml");
  EXPECT_TRUE(kept.starts_with("X-Envelope: voice@example.test ada@example.test tls=False"));
  EXPECT_TRUE(kept.contains("From: Antiphon <voice@example.test>\r\n"));
  EXPECT_TRUE(kept.contains("Date: Mon, 05 Jan 2026 09:00:00 +0000\r\n"));
  EXPECT_TRUE(kept.contains("\r\n.a line that begins with a dot\r\ncafé\r\n"));
  EXPECT_TRUE(kept.contains("Content-Type: text/html; charset=utf-8\r\n"));
}

TEST(Smtp, EncryptsBeforeItTellsItsPassword) {
  const Sink sink("login");
  const ManualClock clock;
  auto settings = parse_smtp_url("smtp://user:s%65cret@" + sink.url().substr(7));
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->password.reveal(), "secret");
  EXPECT_FALSE(smtp_delivery(*settings, "voice@example.test", clock)(message()))
      << "the certificate has no authority that is known";
  settings->certificate_authorities = sink.certificate();
  const auto sent = smtp_delivery(*settings, "voice@example.test", clock)(message());
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_TRUE(sink.message("0001.eml").contains("tls=True"));
  settings->password = Sensitive(std::string("wrong"));
  const auto refused = smtp_delivery(*settings, "voice@example.test", clock)(message());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(refused.error().message.contains("wrong"));
}

TEST(Smtp, TellsARefusalFromATroubleThatPasses) {
  const ManualClock clock;
  const Sink refusing("refuse");
  const auto refused =
      smtp_delivery(*parse_smtp_url(refusing.url()), "voice@example.test", clock)(message());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::protocol_error);
  const Sink busy("later");
  const auto deliver = smtp_delivery(*parse_smtp_url(busy.url()), "voice@example.test", clock);
  const auto later = deliver(message());
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(deliver(message()));
}

TEST(Smtp, TakesOnlyTheUrlsOfMailServers) {
  for (const char* url : {"", "mail.example", "http://mail.example", "smtp://", "smtp://a:%zz@b:1",
                          "smtp://host/path", "file:///etc/passwd"}) {
    EXPECT_FALSE(parse_smtp_url(url)) << url;
  }
  const auto settings = parse_smtp_url("smtps://me%40home:p%3Aq@mail.example:465");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->url, "smtps://mail.example:465");
  EXPECT_EQ(settings->user, "me@home");
  EXPECT_EQ(settings->password.reveal(), "p:q");
}

struct MailQueueTest : testing::Test {
  boost::asio::io_context loop{1};
  ManualClock clock;
  Log log{clock, 2, LogLevel::error};
  Metrics metrics;
  std::vector<ErrorCode> failures;  // of the coming tries
  int tries = 0;
  int delivered = 0;
  MailQueue queue{
      loop.get_executor(), loop.get_executor(), clock, log, metrics, [this](const MailMessage&) {
        return deliver();
      }};

  ~MailQueueTest() override { run(loop, queue.stop()); }

  Result<> deliver() {
    ++tries;
    if (failures.empty()) {
      ++delivered;
      return {};
    }
    const ErrorCode code = failures.front();
    failures.erase(failures.begin());
    return failure(code, "not now");
  }
};

TEST_F(MailQueueTest, TriesAgainWithGrowingPauses) {
  failures = {ErrorCode::unavailable, ErrorCode::unavailable};
  ASSERT_TRUE(queue.send(message()));
  run_until_idle(loop);
  EXPECT_EQ(tries, 1);
  clock.advance(1s);
  run_until_idle(loop);
  EXPECT_EQ(tries, 2);
  clock.advance(9s);
  run_until_idle(loop);
  EXPECT_EQ(tries, 2);
  clock.advance(1s);
  run_until_idle(loop);
  EXPECT_EQ(delivered, 1);
}

TEST_F(MailQueueTest, GivesUpWhatIsRefusedAndGoesOn) {
  failures = {ErrorCode::protocol_error};
  ASSERT_TRUE(queue.send(message()));
  ASSERT_TRUE(queue.send(message()));
  run_until_idle(loop);
  EXPECT_EQ(tries, 2);
  EXPECT_EQ(delivered, 1);
}

TEST_F(MailQueueTest, RefusesWhatItCannotHold) {
  failures.assign(1'000, ErrorCode::unavailable);
  ASSERT_TRUE(queue.send(message()));
  run_until_idle(loop);
  for (std::size_t sent = 0; sent < MailQueue::kWaitingMax; ++sent)
    ASSERT_TRUE(queue.send(message())) << sent;
  EXPECT_FALSE(queue.send(message()));
}

TEST(Outbox, KeepsEachMessageForItsOwnerAlone) {
  const TemporaryFolder folder;
  const ManualClock clock;
  const fs::path outbox = folder.path() / "outbox";
  const auto deliver = outbox_delivery(outbox, "voice@example.test", clock);
  ASSERT_TRUE(deliver(message()));
  EXPECT_EQ(fs::status(outbox).permissions(), fs::perms::owner_all);
  std::vector<fs::path> files(fs::directory_iterator(outbox), {});
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(fs::status(files[0]).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_TRUE(files[0].filename().string().contains("-confirm-"));
}

}  // namespace
}  // namespace antiphon
