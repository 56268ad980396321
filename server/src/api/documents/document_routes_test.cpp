#include "api/documents/document_routes.h"

#include "api/api_fixture_test.h"
#include "service/fake_knowledge_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class DocumentRoutesTest : public ApiTest {
 protected:
  DocumentRoutesTest() {
    add_document_routes(router_, knowledge_);
    // In order of their workspaces: the owner's is 1.
    for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{2}}) {
      Agent agent;
      agent.id = AgentId(test_uuid(static_cast<std::uint8_t>(10 + number)));
      agent.workspace = WorkspaceId(test_uuid(number));
      agent.slug = "front-desk";
      agent_store_.agents.push_back(std::move(agent));
    }
  }
  ~DocumentRoutesTest() override { run(loop_, knowledge_.stop()); }

  static std::string all() { return "/api/agents/" + test_uuid(11).to_string() + "/documents"; }
  static std::string body(std::string_view title, std::string_view text) {
    return R"({"title":")" + std::string(title) + R"(","format":"markdown","text":")" +
           std::string(text) + R"("})";
  }
  // Returns its path.
  std::string create(std::string_view title = "Hours") {
    const ApiAnswer answer = ask_api("POST", all(), body(title, "We open at nine."));
    EXPECT_EQ(answer.status, 201) << answer.body;
    return all() + "/" + documents_.documents.back().id.to_string();
  }

  FakeKnowledge documents_;
  LineSplitter splitter_;
  FakeEmbeddings embeddings_{clock_};
  FakeIndex index_;
  KnowledgeService knowledge_{
      loop_.get_executor(),
      {agent_store_, documents_, splitter_, embeddings_, index_, clock_, random_, log_}};
};

TEST_F(DocumentRoutesTest, CreatesADocumentThatIsReadAtOnce) {
  const ApiAnswer answer = ask_api("POST", all(), body("Hours", "We open at nine.\\nWe rest."));
  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr(R"("title":"Hours")"), HasSubstr(R"("format":"markdown")"),
                    HasSubstr(R"("status":"ready")"), HasSubstr(R"("chunk_count":2)"),
                    HasSubstr(R"("text":"We open at nine.\nWe rest.")")));
  ASSERT_EQ(documents_.documents.size(), 1U);
  EXPECT_EQ(index_.chunks.at(documents_.documents[0].id).size(), 2U);
}

TEST_F(DocumentRoutesTest, TakesPlainTextWhereNoFormatIsGiven) {
  EXPECT_EQ(ask_api("POST", all(), R"({"title":"Hours","text":"Nine."})").status, 201);
  EXPECT_EQ(documents_.documents.at(0).format, DocumentFormat::plain_text);
}

TEST_F(DocumentRoutesTest, ReadsOneWithItsTextAndListsAllWithout) {
  const std::string path = create("Hours");
  create("Prices");
  const ApiAnswer one = ask_api("GET", path);
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(one.body, HasSubstr(R"("text":"We open at nine.")"));
  const ApiAnswer listed = ask_api("GET", all());
  EXPECT_EQ(listed.status, 200);
  EXPECT_THAT(listed.body, AllOf(HasSubstr(R"("title":"Hours")"), HasSubstr(R"("title":"Prices")"),
                                 Not(HasSubstr(R"("text":)"))));
}

TEST_F(DocumentRoutesTest, ReplacesADocumentAndItsChunks) {
  const std::string path = create();
  const ApiAnswer answer = ask_api("PUT", path, body("New hours", "We open at ten."));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, AllOf(HasSubstr(R"("title":"New hours")"), HasSubstr(R"("revision":2)"),
                                 HasSubstr(R"("status":"ready")")));
  const auto& chunks = index_.chunks.at(documents_.documents[0].id);
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].text, "We open at ten.");
}

TEST_F(DocumentRoutesTest, RemovesADocumentAndWhatWasIndexedOfIt) {
  const std::string path = create();
  const DocumentId id = documents_.documents[0].id;
  const ApiAnswer answer = ask_api("DELETE", path);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(documents_.documents, IsEmpty());
  EXPECT_THAT(index_.chunks.at(id), IsEmpty());
  EXPECT_EQ(ask_api("GET", path).status, 404);
  EXPECT_EQ(ask_api("DELETE", path).status, 404);
}

TEST_F(DocumentRoutesTest, ShowsWhatAQuestionFinds) {
  create();
  Passage passage;
  passage.title = "Hours";
  passage.text = "We open at nine.";
  index_.passages.push_back(std::move(passage));
  const std::string path = "/api/agents/" + test_uuid(11).to_string() + "/questions";
  const ApiAnswer answer = ask_api("POST", path, R"({"question":"When do you open?"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("text":"We open at nine.")"));
  EXPECT_EQ(index_.query.text, "When do you open?");
  EXPECT_EQ(index_.query.workspace, WorkspaceId(test_uuid(1)));
}

TEST_F(DocumentRoutesTest, NamesEveryFieldThatIsWrong) {
  const std::string path = create();
  const std::pair<std::string, std::string> table[] = {
      {R"({"text":"x"})", "/title"},
      {R"({"title":"x"})", "/text"},
      {R"({"title":"","text":"x"})", "/title"},
      {R"({"title":"x","text":""})", "/text"},
      {R"({"title":")" + std::string(201, 'a') + R"(","text":"x"})", "/title"},
      {R"({"title":"x","text":7})", "/text"},
      {R"({"title":"x","text":"a\u0000b"})", "/text"},
      {R"({"title":"x","text":"x","format":"pdf"})", "/format"},
      {R"({"title":"x","text":"x","colour":"red"})", "/colour"}};
  for (const auto& [sent, pointer] : table) {
    for (const auto& [method, where] : {std::pair("POST", all()), std::pair("PUT", path)}) {
      const ApiAnswer answer = ask_api(method, where, sent);
      EXPECT_EQ(answer.status, 422) << method << sent;
      EXPECT_THAT(answer.body, HasSubstr("\"pointer\":\"" + pointer + "\"")) << method << sent;
    }
  }
  EXPECT_EQ(documents_.documents.size(), 1U);
  EXPECT_EQ(documents_.documents[0].title, "Hours");
}

TEST_F(DocumentRoutesTest, RefusesWhatIsNoJsonOrNoJsonBody) {
  for (const std::string_view sent : {"{", "[]x", "{\"title\":\"\xff\",\"text\":\"x\"}"}) {
    EXPECT_EQ(ask_api("POST", all(), sent).status, 400) << sent;
  }
  EXPECT_EQ(ask_api("POST", all(), "Hours", "Content-Type: text/markdown\r\n").status, 415);
  EXPECT_THAT(documents_.documents, IsEmpty());
}

TEST_F(DocumentRoutesTest, RefusesAListQueryThatIsWrong) {
  for (const std::string_view query : {"?limit=0", "?limit=201", "?limit=x", "?colour=red"}) {
    EXPECT_EQ(ask_api("GET", all() + std::string(query)).status, 422) << query;
  }
}

TEST_F(DocumentRoutesTest, TakesAMegabyteAndNotAByteMore) {
  const std::string most(1'048'576, 'a');
  EXPECT_EQ(ask_api("POST", all(), body("Most", most)).status, 201);
  EXPECT_EQ(ask_api("POST", all(), body("More", most + "a")).status, 422);
  // Within the characters a text may have, and over the bytes.
  std::string accents;
  for (int index = 0; index < 600'000; ++index)
    accents += "é";
  const ApiAnswer wide = ask_api("POST", all(), body("Wide", accents));
  EXPECT_EQ(wide.status, 413);
  EXPECT_THAT(wide.body, HasSubstr(R"("pointer":"/text")"));
  EXPECT_EQ(documents_.documents.size(), 1U);
}

TEST_F(DocumentRoutesTest, RefusesABodyOverItsLimitBeforeItIsRead) {
  const ApiAnswer answer = ask_raw("POST", all(),
                                   "Authorization: " + owner_ +
                                       "\r\nContent-Type: application/json\r\n"
                                       "Content-Length: 4194305\r\n",
                                   "");
  EXPECT_EQ(answer.status, 413);
}

TEST_F(DocumentRoutesTest, HidesWhatBelongsToAnotherWorkspaceOrAgent) {
  const std::string path = create();
  const std::string other = keys_.add(random_, Role::owner, 2);
  EXPECT_EQ(ask_as(other, "GET", path).status, 404);
  EXPECT_EQ(ask_as(other, "DELETE", path).status, 404);
  // Through an agent of its own: the document is not that agent's.
  const std::string through = "/api/agents/" + test_uuid(12).to_string() + "/documents/" +
                              documents_.documents[0].id.to_string();
  EXPECT_EQ(ask_as(other, "GET", through).status, 404);
  EXPECT_EQ(ask_api("GET", through).status, 404);
  EXPECT_THAT(ask_as(other, "GET", "/api/agents/" + test_uuid(12).to_string() + "/documents").body,
              HasSubstr(R"("items":[])"));
  EXPECT_EQ(documents_.documents.size(), 1U);
}

TEST_F(DocumentRoutesTest, FindsNothingUnderIdsThatAreNone) {
  const std::string nobody = test_uuid(42).to_string();
  for (const std::string& path :
       {std::string("/api/agents/front-desk/documents"), all() + "/hours", all() + "/" + nobody}) {
    EXPECT_EQ(ask_api("GET", path).status, 404) << path;
  }
}

TEST_F(DocumentRoutesTest, LetsOnlyThoseWriteWhoMay) {
  const std::string path = create();
  EXPECT_EQ(ask_as(keys_.add(random_, Role::analyst), "GET", path).status, 200);
  EXPECT_EQ(ask_as(keys_.add(random_, Role::analyst), "DELETE", path).status, 403);
  EXPECT_EQ(ask_as(keys_.add(random_, Role::developer), "DELETE", path).status, 204);
  EXPECT_EQ(ask_raw("GET", path, "", "").status, 401);
}

}  // namespace
}  // namespace antiphon
