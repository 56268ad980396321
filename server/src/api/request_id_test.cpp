// A person who reports an answer's request id leads to its line in the log.
#include "api/api_fixture_test.h"

#include <gmock/gmock.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace antiphon {
namespace {

using testing::HasSubstr;

class RequestIdTest : public ApiTest {
 protected:
  ~RequestIdTest() override { close(lines_); }

  std::string logged() const {
    std::array<char, 4096> bytes{};
    const auto count = pread(lines_, bytes.data(), bytes.size(), 0);
    return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

  const int lines_ = memfd_create("log", MFD_CLOEXEC);
  Log kept_{clock_, lines_, LogLevel::error};
  Router failing_{access_, kept_, metrics_};
};

TEST_F(RequestIdTest, IsInTheAnswerAndInTheLineOfWhatFailed) {
  failing_.add({.operation = {.method = "GET", .path = "/healthz", .id = "system.health"},
                .answer = [](ApiCall) -> Task<Result<Response>> {
                  co_return failure(ErrorCode::internal, "a part of the server is broken");
                }});
  HttpServerTest::stop();
  serve([this](Request request, ResponseWriter& writer) {
    return failing_.handle(std::move(request), writer);
  });
  const auto answer = ask_raw("GET", "/healthz", "", "");
  EXPECT_EQ(answer.status, 500);
  const auto at = answer.head.find("X-Request-Id: ");
  ASSERT_NE(at, std::string::npos) << answer.head;
  const std::string id = answer.head.substr(at + 14, 16);
  EXPECT_THAT(logged(), HasSubstr("\"request\":\"" + id + "\""));
  EXPECT_THAT(logged(), HasSubstr("\"operation\":\"system.health\""));
  EXPECT_THAT(answer.body, HasSubstr("\"request_id\":\"" + id + "\""));
}

}  // namespace
}  // namespace antiphon
