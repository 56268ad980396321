#include "json/problem.h"

#include "json/json.h"
#include "json/value.h"

#include <gtest/gtest.h>

#include <set>

namespace antiphon {
namespace {

TEST(Problem, NamesEveryFieldThatIsWrong) {
  const Error error{ErrorCode::invalid_argument,
                    "the agent cannot be saved",
                    {{"/name", "is required"}, {"/voice/speed", "must be a number from 0.5 to 2"}}};
  EXPECT_EQ(to_json(problem_of(error)),
            R"({"type":"/docs/errors#invalid_argument","title":"The input is not valid",)"
            R"("status":422,"code":"invalid_argument","detail":"the agent cannot be saved",)"
            R"("issues":[{"pointer":"/name","message":"is required"},)"
            R"({"pointer":"/voice/speed","message":"must be a number from 0.5 to 2"}]})");
}

TEST(Problem, KeepsTheDetailsOfOurOwnMistakesFromTheClient) {
  const Problem problem =
      problem_of({ErrorCode::internal, "column agents.secret is missing", {{"/x", "secret"}}});
  EXPECT_EQ(problem.detail, "A bug in the server. The operator finds the details in the log.");
  EXPECT_TRUE(problem.issues.empty());
}

TEST(Problem, GivesEachCodeItsStatus) {
  EXPECT_EQ(http_status_of(ErrorCode::invalid_argument), 422);
  EXPECT_EQ(http_status_of(ErrorCode::protocol_error), 400);
  EXPECT_EQ(http_status_of(ErrorCode::unauthenticated), 401);
  EXPECT_EQ(http_status_of(ErrorCode::permission_denied), 403);
  EXPECT_EQ(http_status_of(ErrorCode::not_found), 404);
  EXPECT_EQ(http_status_of(ErrorCode::already_exists), 409);
  EXPECT_EQ(http_status_of(ErrorCode::conflict), 412);
  EXPECT_EQ(http_status_of(ErrorCode::too_large), 413);
  EXPECT_EQ(http_status_of(ErrorCode::resource_exhausted), 429);
  EXPECT_EQ(http_status_of(ErrorCode::internal), 500);
  EXPECT_EQ(http_status_of(ErrorCode::unavailable), 503);
}

TEST(Problem, AnswersWithTheHeadersThatItsStatusAsksFor) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  const std::pair<std::string, std::string> type{"Content-Type", "application/problem+json"};
  const ProblemAnswer stranger = problem_answer({ErrorCode::unauthenticated, "who is it?"});
  EXPECT_EQ(stranger.status, 401);
  EXPECT_EQ(stranger.headers, (Headers{type, {"WWW-Authenticate", "Bearer"}}));
  EXPECT_NE(stranger.body.find(R"("detail":"who is it?")"), std::string::npos);
  const Headers later{type, {"Retry-After", "1"}};
  EXPECT_EQ(problem_answer({ErrorCode::resource_exhausted, "full"}).headers, later);
  EXPECT_EQ(problem_answer({ErrorCode::unavailable, "away"}).headers, later);
  EXPECT_EQ(problem_answer({ErrorCode::not_found, "nothing"}).headers, Headers{type});
}

TEST(Problem, CatalogueHoldsEveryCodeOnce) {
  const auto catalogue = json::parse(error_catalogue_json());
  ASSERT_TRUE(catalogue.has_value());
  std::set<std::string> codes;
  for (const json::Value& entry : *catalogue->find("errors")->if_array()) {
    codes.insert(*entry.find("code")->if_text());
  }
  EXPECT_EQ(codes.size(), 21U);  // 17 of ErrorCode, 4 quotas
  EXPECT_TRUE(codes.contains("quota_minutes"));
  EXPECT_TRUE(codes.contains("internal"));
}

}  // namespace
}  // namespace antiphon
