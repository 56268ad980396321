#include "providers/openai/openai_model.h"

#include "json/value.h"
#include "providers/openai/chat_stream.h"
#include "providers/openai/openai_fixture_test.h"

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr const char* kEvents = "text/event-stream";

std::string token(std::string_view text) {
  std::string event = R"(data: {"choices":[{"index":0,"delta":{"content":)";
  json::append_text(event, text);
  return event + "}}]}\n\n";
}
const std::string kStop =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const std::string kDone = "data: [DONE]\n\n";

struct Answer {
  std::string text;
  ReplyAction action = ReplyAction::none;
  std::vector<ToolCall> tool_calls;
  std::optional<TokenUsage> usage;
};

class OpenAiModelTest : public OpenAiTest {
 protected:
  ReplyRequest request() {
    ReplyRequest request;
    request.history = {{Speaker::agent, "Hello!"}, {Speaker::caller, "Are you open?"}};
    LanguageModelConfiguration& model = request.configuration.language_model;
    model.provider = ModelProvider::openai;
    model.model = *Text<0, 128>::make("test-model");
    model.base_url = *Text<0, 512>::make(server_ ? base_url() : "http://127.0.0.1:9/v1");
    model.secret = "openai";
    return request;
  }
  static Task<Result<Answer>> read(ReplyStream& stream) {
    Answer answer;
    while (true) {
      auto chunk = co_await stream.next();
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      if (!*chunk) co_return answer;
      answer.text += (*chunk)->text;
      if ((*chunk)->action != ReplyAction::none) answer.action = (*chunk)->action;
      if (!(*chunk)->tool_calls.empty()) answer.tool_calls = (*chunk)->tool_calls;
      if ((*chunk)->usage) answer.usage = (*chunk)->usage;
    }
  }
  Result<Answer> ask(ReplyRequest wanted) {
    OpenAiModel model(parts());
    const auto stream = model.reply(std::move(wanted));
    return run(loop_, read(*stream));
  }
  Result<Answer> ask() { return ask(request()); }
  void expect_failure(const Result<Answer>& answer, ErrorCode code, std::string_view message) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(name_of(answer.error().code), name_of(code));
    EXPECT_EQ(answer.error().message, message);
    EXPECT_FALSE(answer.error().message.contains(vault_.key));
  }
};

TEST_F(OpenAiModelTest, GivesTheTextAsItComesAndTheUsageAtTheEnd) {
  serve(answer_with(kEvents, {token("We open"), token(" at nine."), kStop,
                              "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":31,"
                              "\"completion_tokens\":5,\"total_tokens\":36}}\n\n",
                              kDone}));
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->text, "We open at nine.");
  EXPECT_EQ(answer->action, ReplyAction::none);
  EXPECT_EQ(answer->usage, (TokenUsage{31, 5}));
}

TEST_F(OpenAiModelTest, SendsWhatWasHeardWithTheWorkspacesKey) {
  serve(answer_with(kEvents, {token("Yes."), kStop, kDone}));
  ReplyRequest wanted = request();
  wanted.configuration.prompt = "You are the front desk.";
  wanted.configuration.language_model.temperature = Number<0, 2'000>(0.5);
  wanted.passages = {{.document = {}, .title = "Hours", .text = "We open at nine."}};
  ASSERT_TRUE(ask(std::move(wanted)));
  EXPECT_EQ(last_.path(), "/v1/chat/completions");
  EXPECT_EQ(last_.headers.find("Authorization"), "Bearer sk-test-1234");
  const auto body = json::parse(last_.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->find("model")->if_text(), "test-model");
  EXPECT_EQ(*body->find("stream")->if_bool(), true);
  EXPECT_EQ(*body->find("temperature")->if_double(), 0.5);
  EXPECT_EQ(*body->find("max_tokens")->if_integer(), 600);
  const json::Array& messages = *body->find("messages")->if_array();
  ASSERT_EQ(messages.size(), 3u);
  const std::string& system = *messages[0].find("content")->if_text();
  EXPECT_TRUE(system.starts_with("You are the front desk.\n\n"));
  EXPECT_TRUE(system.ends_with("Hours:\nWe open at nine."));
  EXPECT_EQ(*messages[1].find("role")->if_text(), "assistant");
  EXPECT_EQ(*messages[2].find("content")->if_text(), "Are you open?");
  EXPECT_EQ(body->find("tools")->if_array()->size(), 2u);
}

TEST_F(OpenAiModelTest, TakesAnAnswerThatIsNotStreamed) {
  serve(refuse_with(200, {{"Content-Type", "application/json"}},
                    R"({"choices":[{"message":{"role":"assistant","content":"Yes."},)"
                    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":3,)"
                    R"("completion_tokens":1}})"));
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->text, "Yes.");
}

TEST_F(OpenAiModelTest, PutsToolCallsTogetherAndActsOnItsOwnTwo) {
  const auto part = [](int index, std::string_view rest) {
    return "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":" + std::to_string(index) +
           "," + std::string(rest) + "}]}}]}\n\n";
  };
  serve(answer_with(
      kEvents,
      {part(0, R"("id":"c1","function":{"name":"book","arguments":"{\"at\":"})"),
       part(0, R"("function":{"arguments":"9}"})"),
       part(1, R"("id":"c2","function":{"name":"end_call","arguments":"{}"})"),
       "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n", kDone}));
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->tool_calls.size(), 1u);
  EXPECT_EQ(answer->tool_calls[0].id, "c1");
  EXPECT_EQ(answer->tool_calls[0].name, "book");
  EXPECT_EQ(answer->tool_calls[0].arguments, R"({"at":9})");
  EXPECT_EQ(answer->action, ReplyAction::end_call);
}

TEST_F(OpenAiModelTest, SaysTheAgentsGoodbyeWhereTheModelEndsTheCallWithoutAWord) {
  serve(answer_with(kEvents,
                    {"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\","
                     "\"function\":{\"name\":\"end_call\",\"arguments\":\"\"}}]},"
                     "\"finish_reason\":\"tool_calls\"}]}\n\n",
                     kDone}));
  const auto answer = ask();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->text, "Thank you for calling. Goodbye!");
  EXPECT_EQ(answer->action, ReplyAction::end_call);
}

TEST_F(OpenAiModelTest, GoesOnBehindWhatAnotherModelHadSaid) {
  serve(answer_with(kEvents, {token(" at nine."), kStop, kDone}));
  ReplyRequest wanted = request();
  wanted.begun = "We open";
  ASSERT_TRUE(ask(std::move(wanted)));
  const auto body = json::parse(last_.body);
  const json::Array& messages = *body->find("messages")->if_array();
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(*messages[3].find("role")->if_text(), "assistant");
  EXPECT_EQ(*messages[3].find("content")->if_text(), "We open");
}

TEST_F(OpenAiModelTest, SendsTheResultsOfToolsBack) {
  serve(answer_with(kEvents, {token("Booked."), kStop, kDone}));
  ReplyRequest wanted = request();
  wanted.configuration.language_model.actions = false;
  wanted.tools = {{"book", "Books a table.", R"({"type":"object"})"}};
  wanted.outcomes = {{{"c1", "book", R"({"at":9})"}, "done"}};
  ASSERT_TRUE(ask(std::move(wanted)));
  const auto body = json::parse(last_.body);
  const json::Array& messages = *body->find("messages")->if_array();
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(*messages[3].find("tool_calls")->if_array()->front().find("id")->if_text(), "c1");
  EXPECT_EQ(*messages[4].find("tool_call_id")->if_text(), "c1");
  EXPECT_EQ(*messages[4].find("content")->if_text(), "done");
  ASSERT_EQ(body->find("tools")->if_array()->size(), 1u);
}

TEST_F(OpenAiModelTest, ExplainsARefusedKeyAndAsksTheVaultAgain) {
  serve(refuse_with(401, {{"Content-Type", "application/json"}},
                    R"({"error":{"message":"Incorrect key: sk-test-1234",)"
                    R"("code":"invalid_api_key"}})"));
  expect_failure(ask(), ErrorCode::unavailable,
                 "the provider refused the key; check the secret that the agent's configuration "
                 "names (status 401, invalid_api_key).");
  EXPECT_EQ(vault_.opened, 1);
  static_cast<void>(ask());
  EXPECT_EQ(vault_.opened, 2);
}

TEST_F(OpenAiModelTest, SaysHowLongABusyProviderAsksToWait) {
  serve(refuse_with(429, {{"Retry-After", "20"}}, "slow down"));
  expect_failure(ask(), ErrorCode::resource_exhausted,
                 "the provider refused the request: too many at the moment, or the account's "
                 "limit is used up (status 429). It asks to wait 20 s.");
}

TEST_F(OpenAiModelTest, TellsAProvidersOwnFailureFromAWrongAddress) {
  serve(refuse_with(500, {}, "oops"));
  expect_failure(ask(), ErrorCode::unavailable,
                 "the provider refused the request with a failure of its own (status 500).");
}

TEST_F(OpenAiModelTest, KnowsWhatIsNoSuchServer) {
  serve(refuse_with(200, {{"Content-Type", "text/html"}}, "<html>Welcome</html>"));
  expect_failure(ask(), ErrorCode::protocol_error,
                 "what answered (status 200) is no server of this kind; check `base_url`, which "
                 "often ends in /v1");
}

TEST_F(OpenAiModelTest, NoticesAnAnswerThatIsCutOff) {
  serve(answer_with(kEvents, {token("We open")}));
  expect_failure(ask(), ErrorCode::unavailable,
                 "the provider broke off in the middle of its answer");
}

TEST_F(OpenAiModelTest, RefusesGarbageAndALineOfTenMegabytes) {
  serve(answer_with(kEvents, {"data: {]\n\n"}));
  expect_failure(ask(), ErrorCode::protocol_error, "the provider's answer is no JSON object");
  stop();
  parts_.reset();
  serve(answer_with(kEvents, {"data: " + std::string(10'000'000, 'x') + "\n\n"}));
  expect_failure(ask(), ErrorCode::protocol_error,
                 "the provider sent more at once than is taken: an event of the stream is over "
                 "the limit");
}

TEST_F(OpenAiModelTest, ReportsAFailureInTheMiddle) {
  serve(answer_with(kEvents, {token("We"), "data: {\"error\":{\"message\":\"overloaded\"}}\n\n"}));
  expect_failure(ask(), ErrorCode::unavailable,
                 "the provider reported a failure in the middle of its answer");
}

TEST_F(OpenAiModelTest, DoesNotTakeSilenceForAnAnswer) {
  serve(answer_with(kEvents, {kStop, kDone}));
  expect_failure(ask(), ErrorCode::unavailable, "the model ended its answer without a word");
}

TEST_F(OpenAiModelTest, GivesUpOnAServerThatHangsBeforeItsAnswer) {
  serve(hang());
  OpenAiModel model(parts());
  const auto stream = model.reply(request());
  const auto chunk = run_late(stream->next(), [this] { return requests_ == 1; }, 7s);
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, ErrorCode::timeout);
  EXPECT_EQ(chunk.error().message, "the provider did not answer in time");
}

TEST_F(OpenAiModelTest, GivesUpOnAServerThatStallsAfterSomeWords) {
  serve(answer_with(kEvents, {token("We open")}, [this] { return wait_for_ever(); }));
  OpenAiModel model(parts());
  const auto stream = model.reply(request());
  const auto first = run(loop_, stream->next());
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->text, "We open");
  const auto second = run_late(stream->next(), [] { return true; }, 5s);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::timeout);
  run_until([this] { return left_ == 1; });
}

TEST_F(OpenAiModelTest, ClosesTheRequestAtOnceWhenNobodyListensAnyMore) {
  serve(answer_with(kEvents, {token("We open")}, [this] { return wait_for_ever(); }));
  OpenAiModel model(parts());
  auto stream = model.reply(request());
  ASSERT_TRUE(run(loop_, stream->next()));
  EXPECT_EQ(left_, 0);
  stream.reset();
  run_until([this] { return left_ == 1; });
}

TEST_F(OpenAiModelTest, SaysThatNobodyListensThere) {
  serve(echo());
  ReplyRequest wanted = request();
  static_cast<void>(parts());
  stop();
  const auto answer = ask(std::move(wanted));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(answer.error().message.starts_with("the provider cannot be reached: "));
}

TEST_F(OpenAiModelTest, RefusesAPrivateAddressThatTheOperatorDoesNotAllow) {
  expect_failure(ask(), ErrorCode::permission_denied,
                 "plain http is not allowed for this target; use https; the operator may allow it "
                 "with --provider-targets");
}

TEST_F(OpenAiModelTest, NamesTheMissingSecret) {
  ReplyRequest wanted = request();
  wanted.configuration.language_model.secret = "typo";
  expect_failure(ask(std::move(wanted)), ErrorCode::not_found,
                 "the workspace has no secret of kind provider_key with the name that the "
                 "agent's configuration gives; make it, or correct the name");
}

TEST_F(OpenAiModelTest, RemembersAKeyWhileTheVaultIsAway) {
  serve(answer_with(kEvents, {token("Yes."), kStop, kDone}));
  ASSERT_TRUE(ask());
  vault_.problem = Error{ErrorCode::unavailable, "the store is away"};
  clock_.advance(ProviderKeys::kMemory);
  EXPECT_TRUE(ask());
  EXPECT_EQ(vault_.opened, 2);
  clock_.advance(ProviderKeys::kMemoryAway);
  EXPECT_FALSE(ask());
}

TEST(ChatReader, LeavesOutWhatTheModelThinksAloud) {
  openai::ChatReader reader;
  std::string text;
  for (const std::string_view piece :
       {"<th", "ink>Hm, <b>", "</thi", "nk>\\n\\nWe open", " at 9."}) {
    ASSERT_TRUE(
        reader.take(R"({"choices":[{"delta":{"content":")" + std::string(piece) + "\"}}]}"));
    text += reader.take_text();
  }
  EXPECT_EQ(text, "We open at 9.");
}

}  // namespace
}  // namespace antiphon
