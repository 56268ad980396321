// The routes of agents, and with them everything the router does for every route.
#include "api/agents/agent_routes.h"

#include "api/api_fixture_test.h"
#include "service/agent_service.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kAll = "/api/agents";

class AgentRoutesTest : public ApiTest {
 protected:
  AgentRoutesTest() { add_agent_routes(router_, agents_); }

  // Returns its path.
  std::string create(std::string_view name = "Front Desk") {
    const ApiAnswer answer = ask_api("POST", kAll, R"({"name":")" + std::string(name) + R"("})");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return "/api/agents/" + agent_store_.agents.back().id.to_string();
  }

  AgentService agents_{agent_store_, clock_, random_};
};

TEST_F(AgentRoutesTest, CreatesAndReadsByIdAndSlug) {
  const ApiAnswer created = ask_api("POST", kAll, R"({"name":"Front Desk"})");
  EXPECT_EQ(created.status, 201);
  const std::string path = "/api/agents/" + agent_store_.agents.at(0).id.to_string();
  EXPECT_THAT(created.head,
              AllOf(HasSubstr("Location: " + path + "\r\n"), HasSubstr("ETag: \"1\"\r\n"),
                    HasSubstr("Content-Type: application/json\r\n"),
                    HasSubstr("X-Content-Type-Options: nosniff\r\n")));
  EXPECT_THAT(created.body, HasSubstr(R"("slug":"front-desk")"));
  EXPECT_EQ(ask_api("GET", path).body, created.body);
  EXPECT_EQ(ask_api("GET", "/api/agents/front-desk").body, created.body);
}

TEST_F(AgentRoutesTest, AnswersHeadWithTheHeadersAlone) {
  const ApiAnswer answer = ask_api("HEAD", create());
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("ETag: \"1\"\r\n"));
  EXPECT_EQ(answer.body, "");
}

TEST_F(AgentRoutesTest, SaysThatNothingIsThere) {
  for (const std::string_view path :
       {"/", "/api", "/api/nothing", "/api/agents/a/b/c", "/api/agents/nobody",
        "/api/agents/00000000-0000-0000-0000-000000000042", "/api%2Fagents"}) {
    const ApiAnswer answer = ask_api("GET", path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(answer.body, HasSubstr(R"("code":"not_found")")) << path;
  }
  EXPECT_EQ(ask_api("DELETE", "/api/agents/front-desk").status, 404);
}

TEST_F(AgentRoutesTest, NamesTheMethodsOfAPath) {
  const ApiAnswer answer = ask_api("DELETE", kAll);
  EXPECT_EQ(answer.status, 405);
  EXPECT_THAT(answer.head, HasSubstr("Allow: GET, POST\r\n"));
  const ApiAnswer one = ask_api("OPTIONS", "/api/agents/x");
  EXPECT_EQ(one.status, 405);
  EXPECT_THAT(one.head, HasSubstr("Allow: GET, PUT, PATCH, DELETE\r\n"));
}

TEST_F(AgentRoutesTest, AsksForAKey) {
  for (const std::string_view header :
       {"", "Authorization: Basic abc\r\n", "Authorization: Bearer antiphon_wrong\r\n"}) {
    const ApiAnswer answer = ask_raw("GET", kAll, std::string(header), "");
    EXPECT_EQ(answer.status, 401) << header;
    EXPECT_THAT(answer.head, HasSubstr("WWW-Authenticate: Bearer\r\n")) << header;
    EXPECT_THAT(answer.head, HasSubstr("Content-Type: application/problem+json\r\n")) << header;
  }
}

TEST_F(AgentRoutesTest, SaysThatTheKeysAreAwayAndWhenToComeBack) {
  keys_.away = Error{ErrorCode::unavailable, "the database is away"};
  const ApiAnswer answer = ask_api("GET", kAll);
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.head, HasSubstr("Retry-After: 1\r\n"));
}

TEST_F(AgentRoutesTest, LetsEachRoleDoWhatItsScopesSay) {
  create();
  const std::pair<Role, int> table[] = {{Role::owner, 204},
                                        {Role::admin, 404},
                                        {Role::developer, 404},
                                        {Role::operator_, 403},
                                        {Role::analyst, 403}};
  const std::string path = "/api/agents/" + agent_store_.agents.at(0).id.to_string();
  for (const auto& [role, status] : table) {
    const std::string key = keys_.add(random_, role);
    EXPECT_EQ(ask_as(key, "GET", kAll).status, 200);
    const ApiAnswer answer = ask_as(key, "DELETE", path);
    EXPECT_EQ(answer.status, status);
    if (status == 403) {
      EXPECT_THAT(answer.body, HasSubstr("agents:write"));
    }
  }
}

TEST_F(AgentRoutesTest, HidesWhatBelongsToOthers) {
  const std::string path = create();
  const std::string other = keys_.add(random_, Role::owner, 2);
  EXPECT_EQ(ask_as(other, "GET", path).status, 404);
  EXPECT_EQ(ask_as(other, "DELETE", path).status, 404);
  EXPECT_THAT(ask_as(other, "GET", kAll).body, HasSubstr(R"("items":[])"));
}

TEST_F(AgentRoutesTest, RefusesABodyOfAnotherMediaType) {
  for (const std::string_view type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
    const ApiAnswer answer =
        ask_api("POST", kAll, R"({"name":"x"})", "Content-Type: " + std::string(type) + "\r\n");
    EXPECT_EQ(answer.status, 415) << type;
  }
  EXPECT_EQ(
      ask_api("POST", kAll, R"({"name":"x"})", "Content-Type: Application/JSON; charset=utf-8\r\n")
          .status,
      201);
}

TEST_F(AgentRoutesTest, NamesEveryFieldThatIsWrongAtOnce) {
  const ApiAnswer answer =
      ask_api("POST", kAll,
              R"({"name":"","slug":"-x","status":"asleep","colour":"red","configuration":{"turn":)"
              R"({"silence_min_ms":99999},"voice":{"speed":"fast"}}})");
  EXPECT_EQ(answer.status, 422);
  for (const std::string_view pointer :
       {"/name", "/slug", "/status", "/colour", "/configuration/turn/silence_min_ms",
        "/configuration/voice/speed"}) {
    EXPECT_THAT(answer.body, HasSubstr("\"pointer\":\"" + std::string(pointer) + "\""));
  }
  EXPECT_TRUE(agent_store_.agents.empty());
}

TEST_F(AgentRoutesTest, RefusesTextThatNobodyCanStore) {
  const std::string longest(120, 'a');
  const std::pair<std::string, int> table[] = {
      {R"({"name":")" + longest + R"("})", 201},
      {R"({"name":"a)" + longest + R"("})", 422},
      {R"({"name":"a\u0000b"})", 422},
      {std::string("{\"name\":\"a\0b\"}", 14), 400},
      {"{\"name\":\"a\xff\"}", 400},
      {R"({"name":"\ud800"})", 400},
      {R"({"name":"x",})", 400},
      {R"({"name":"x"} {})", 400},
      {R"({"name")", 400},
      {std::string(100'000, '['), 400},
      {"null", 422},
      {"[]", 422},
      {"{}", 422},
      {R"({"name":7})", 422},
  };
  for (const auto& [body, status] : table) {
    EXPECT_EQ(ask_api("POST", kAll, body).status, status) << body.substr(0, 60);
  }
}

TEST_F(AgentRoutesTest, RefusesALargeBodyBeforeItIsSent) {
  const ApiAnswer large =
      ask_raw("POST", kAll,
              "Authorization: " + owner_ +
                  "\r\nContent-Type: application/json\r\nContent-Length: 262145\r\n",
              "");
  EXPECT_EQ(large.status, 413);
  // A route without a body takes none.
  EXPECT_EQ(ask_api("GET", kAll, "x").status, 413);
}

TEST_F(AgentRoutesTest, ChangesOnlyWhatTheCallerRead) {
  const std::string path = create();
  const auto put = [&](std::string_view name, std::string_view header) {
    return ask_api("PUT", path, R"({"name":")" + std::string(name) + R"("})",
                   "Content-Type: application/json\r\n" + std::string(header));
  };
  const ApiAnswer second = put("Second", "If-Match: \"1\"\r\n");
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(second.head, HasSubstr("ETag: \"2\"\r\n"));
  EXPECT_EQ(put("Third", "If-Match: \"1\"\r\n").status, 412);
  EXPECT_EQ(agent_store_.agents[0].name, "Second");
  EXPECT_EQ(put("Fourth", "If-Match: *\r\n").status, 200);
  EXPECT_EQ(put("Fifth", "").status, 200);
  for (const std::string_view wrong : {"5", "\"\"", "\"five\"", "W/\"5\"", "\"5\", \"6\""}) {
    EXPECT_EQ(put("x", "If-Match: " + std::string(wrong) + "\r\n").status, 422) << wrong;
  }
}

TEST_F(AgentRoutesTest, PatchesSomeFieldsAndKeepsTheOthers) {
  const std::string path = create();
  const ApiAnswer answer =
      ask_api("PATCH", path, R"({"description":"At the door","configuration":{"greeting":"Hi!"}})",
              "Content-Type: application/merge-patch+json\r\n");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const Agent& agent = agent_store_.agents.at(0);
  EXPECT_EQ(agent.name, "Front Desk");
  EXPECT_EQ(agent.slug, "front-desk");
  EXPECT_EQ(agent.description, "At the door");
  EXPECT_EQ(agent.configuration.greeting.value(), "Hi!");
  EXPECT_EQ(ask_api("PATCH", path, R"({"configuration":null,"description":null})").status, 200);
  EXPECT_EQ(agent.description, "");
  EXPECT_EQ(agent.configuration.greeting.value(), "Hello! How can I help you?");
  EXPECT_EQ(ask_api("PATCH", path, R"({"name":null})").status, 422);
  EXPECT_EQ(ask_api("PATCH", path, R"({"nme":"x"})").status, 422);
  EXPECT_EQ(ask_api("PATCH", path, R"({"name":"x"})",
                    "Content-Type: application/json\r\nIf-Match: \"1\"\r\n")
                .status,
            412);
}

TEST_F(AgentRoutesTest, RefusesATakenSlug) {
  create();
  const ApiAnswer answer = ask_api("POST", kAll, R"({"name":"x","slug":"front-desk"})");
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"already_exists")"));
}

// The database has the same rule.
TEST_F(AgentRoutesTest, TakesOnlySlugsThatCanBeStored) {
  const std::pair<std::string, int> table[] = {
      {"a", 201},          {"front-desk-2", 201}, {std::string(63, 'a'), 201},
      {"", 422},           {"-a", 422},           {std::string(64, 'a'), 422},
      {"a--b", 422},       {"a-", 422},           {"Front", 422},
      {"front desk", 422},
  };
  for (const auto& [slug, status] : table) {
    EXPECT_EQ(ask_api("POST", kAll, R"({"name":"x","slug":")" + slug + R"("})").status, status)
        << slug;
  }
}

TEST_F(AgentRoutesTest, DuplicatesAndRemoves) {
  const std::string path = create();
  const ApiAnswer copy = ask_api("POST", path + "/duplicate");
  EXPECT_EQ(copy.status, 201);
  EXPECT_THAT(copy.body, HasSubstr(R"("slug":"front-desk-copy")"));
  const ApiAnswer removed = ask_api("DELETE", path);
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.body, "");
  EXPECT_EQ(ask_api("GET", path).status, 404);
}

TEST_F(AgentRoutesTest, ListsByPageAndRefusesWrongParameters) {
  create("One");
  create("Two");
  const ApiAnswer page = ask_api("GET", "/api/agents?limit=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr(R"("next_cursor":"more")"));
  EXPECT_THAT(ask_api("GET", "/api/agents?search=Tw").body,
              AllOf(HasSubstr("\"Two\""), Not(HasSubstr("\"One\""))));
  for (const std::string_view query :
       {"limit=0", "limit=201", "limit=many", "status=asleep", "colour=red"}) {
    EXPECT_EQ(ask_api("GET", "/api/agents?" + std::string(query)).status, 422) << query;
  }
}

TEST_F(AgentRoutesTest, TellsNothingOfAnInnerFault) {
  agent_store_.away = Error{ErrorCode::internal, "password of the database: hunter2"};
  const ApiAnswer answer = ask_api("POST", kAll, R"({"name":"x"})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace antiphon
