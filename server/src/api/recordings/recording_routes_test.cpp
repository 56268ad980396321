#include "api/recordings/recording_routes.h"

#include "api/api_fixture_test.h"
#include "service/fake_host_test.h"
#include "service/fake_recordings_test.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kSamples = 100'000;
constexpr std::size_t kSize = 44 + 4 * kSamples;

class RecordingRoutesTest : public ApiTest {
 protected:
  RecordingRoutesTest() {
    add_recording_routes(router_, recordings_);
    Recording recording;
    recording.workspace = WorkspaceId(test_uuid(1));
    recording.conversation = ConversationId(test_uuid(9));
    recording.sample_count = kSamples;
    recording.byte_count = 7;
    recording.sha256.fill(std::byte{0xab});
    recording.pauses = {{Milliseconds(1'000), Milliseconds(2'000)}};
    archive_.sounds[recording.conversation] = kSamples;
    store_.recordings[recording.conversation] = recording;
  }
  ~RecordingRoutesTest() override { run(loop_, recordings_.stop(clock_.now())); }

  ApiAnswer ask_range(std::string_view range, std::string_view more = "") {
    return ask_api("GET", path_, "", "Range: " + std::string(range) + "\r\n" + std::string(more));
  }

  FakeRecordings store_;
  FakeArchive archive_;
  FakeConversations records_;
  FakeHost host_{loop_.get_executor()};
  RecordingService recordings_{
      loop_.get_executor(),
      {store_, archive_, records_, host_, loop_.get_executor(), clock_, log_}};
  const std::string path_ =
      "/api/conversations/" + ConversationId(test_uuid(9)).to_string() + "/recording";
  const std::string etag_ = "\"" + std::string(64, 'x') + "\"";
};

TEST_F(RecordingRoutesTest, SendsAWavFileOfStatedLength) {
  const ApiAnswer answer = ask_api("GET", path_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head,
              AllOf(HasSubstr("Content-Type: audio/wav\r\n"),
                    HasSubstr("Content-Length: 400044\r\n"), HasSubstr("Accept-Ranges: bytes\r\n"),
                    HasSubstr("ETag: \"abab"), HasSubstr("Cache-Control: private, no-cache\r\n"),
                    Not(HasSubstr("Transfer-Encoding"))));
  ASSERT_EQ(answer.body.size(), kSize);
  EXPECT_EQ(answer.body.substr(0, 4), "RIFF");
  EXPECT_EQ(answer.body.substr(36, 4), "data");
  // Sample 300: 300 and -300.
  EXPECT_EQ(answer.body.substr(44 + 1'200, 4), std::string("\x2c\x01\xd4\xfe", 4));
}

TEST_F(RecordingRoutesTest, SendsAnyRangeAsItIsInTheWhole) {
  const std::string whole = ask_api("GET", path_).body;
  for (const auto& [first, last] :
       {std::pair(0, 0), std::pair(0, 43), std::pair(40, 50), std::pair(43, 47), std::pair(45, 46),
        std::pair(44, 400'043), std::pair(65'535, 65'537), std::pair(400'041, 400'043)}) {
    const ApiAnswer answer = ask_range(fmt::format("bytes={}-{}", first, last));
    EXPECT_EQ(answer.status, 206);
    EXPECT_THAT(answer.head,
                HasSubstr(fmt::format("Content-Range: bytes {}-{}/400044\r\n", first, last)));
    EXPECT_EQ(answer.body, whole.substr(static_cast<std::size_t>(first),
                                        static_cast<std::size_t>(last - first + 1)));
  }
}

TEST_F(RecordingRoutesTest, SaysThatARangeLiesBeyondTheEnd) {
  const ApiAnswer answer = ask_range("bytes=400044-");
  EXPECT_EQ(answer.status, 416);
  EXPECT_THAT(answer.head, HasSubstr("Content-Range: bytes */400044\r\n"));
}

TEST_F(RecordingRoutesTest, SendsTheWholeWhenTheRangeIsOfAnotherVersion) {
  EXPECT_EQ(ask_range("bytes=0-1", "If-Range: " + etag_ + "\r\n").status, 200);
}

TEST_F(RecordingRoutesTest, TellsTheSizeWithoutTheSound) {
  const ApiAnswer answer = ask_api("HEAD", path_, "", "Range: bytes=0-1\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("Content-Length: 400044\r\n"));
  EXPECT_TRUE(answer.body.empty());
}

TEST_F(RecordingRoutesTest, AnswersConditions) {
  EXPECT_EQ(ask_api("GET", path_, "", "If-None-Match: *\r\n").status, 304);
  EXPECT_EQ(ask_api("GET", path_, "", "If-None-Match: " + etag_ + "\r\n").status, 200);
  EXPECT_EQ(ask_api("GET", path_, "", "If-Match: " + etag_ + "\r\n").status, 412);
}

TEST_F(RecordingRoutesTest, DescribesTheRecording) {
  const ApiAnswer answer = ask_api("GET", path_ + "/details");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr(R"("duration_ms":6250)"), HasSubstr(R"("end":"call_ended")"),
                    HasSubstr(R"("pauses":[{"began_ms":1000,"ended_ms":2000}])")));
}

TEST_F(RecordingRoutesTest, DrawsWhatWasAskedForAndNoMore) {
  const ApiAnswer answer = ask_api("GET", path_ + "/peaks?points=2&from_ms=1000&to_ms=1500");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, AllOf(HasSubstr(R"("from_ms":1000,"to_ms":1500)"),
                                 HasSubstr(R"("caller":[16000,24000,16000,24000])")));
  EXPECT_THAT(ask_api("GET", path_ + "/peaks?points=1&to_ms=86400000").body,
              HasSubstr(R"("to_ms":6250)"));
  EXPECT_THAT(ask_api("GET", path_ + "/peaks?points=1&from_ms=9000&to_ms=10").body,
              HasSubstr(R"("from_ms":6250,"to_ms":6250)"));
  for (const std::string_view query : {"points=0", "points=4001", "points=x", "from_ms=-1"})
    EXPECT_EQ(ask_api("GET", path_ + "/peaks?" + std::string(query)).status, 422) << query;
}

TEST_F(RecordingRoutesTest, HidesTheRecordingsOfOthers) {
  store_.recordings.begin()->second.workspace = WorkspaceId(test_uuid(2));
  for (const std::string_view tail : {"", "/details", "/peaks"}) {
    EXPECT_EQ(ask_api("GET", path_ + std::string(tail)).status, 404) << tail;
    EXPECT_EQ(ask_as("", "GET", path_ + std::string(tail)).status, 401) << tail;
  }
  EXPECT_EQ(ask_api("GET", "/api/conversations/x/recording").status, 404);
}

TEST_F(RecordingRoutesTest, PausesOnlyACallThatIsRecorded) {
  EXPECT_EQ(ask_api("POST", path_ + "/pause").status, 404);  // there is no such conversation
  ConversationRecord record;
  record.conversation.id = ConversationId(test_uuid(9));
  record.conversation.workspace = WorkspaceId(test_uuid(1));
  records_.records.push_back(record);
  EXPECT_EQ(ask_api("POST", path_ + "/pause").status, 409);
  host_.speaking = record.conversation.id;
  EXPECT_EQ(ask_api("POST", path_ + "/pause").status, 204);
  EXPECT_EQ(ask_api("POST", path_ + "/resume").status, 204);
  EXPECT_EQ(host_.recording_changes, (std::vector<bool>{false, false, true}));
}

TEST_F(RecordingRoutesTest, EndsAnAnswerThatCannotGoOnBeforeItsLength) {
  archive_.sounds.clear();
  EXPECT_EQ(ask_api("GET", path_).status, 404);
  archive_.sounds[ConversationId(test_uuid(9))] = kSamples - 1;
  EXPECT_EQ(ask_api("GET", path_).status, 500);  // it is not the file the store knows
}

}  // namespace
}  // namespace antiphon
