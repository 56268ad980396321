#include "store/contract_world_test.h"

namespace antiphon::store {
namespace {

const WallTime kStart{std::chrono::microseconds(1'767'603'600'123'456)};

class RecordingStoreContract : public Contract {
 protected:
  RecordingStoreContract() {
    Conversation conversation;
    conversation.agent = make_agent("recorded").id;
    conversation_ = run(conversations().create(mine(), conversation))->id;
  }

  [[nodiscard]] Recording a_recording() const {
    Recording recording;
    recording.workspace = mine().workspace;
    recording.conversation = conversation_;
    recording.started_at = kStart;
    recording.end = RecordingEnd::server_ended;
    recording.sample_count = 3'600ULL * 16'000;
    recording.byte_count = 230'400'000;
    recording.sha256.fill(std::byte{0xab});
    recording.pauses = {{Milliseconds(1'000), Milliseconds(2'500)},
                        {Milliseconds(9'000), Milliseconds(9'001)}};
    recording.lost = Milliseconds(40);
    recording.corrected = Milliseconds(-1'200);
    return recording;
  }

  ConversationId conversation_;
};

INSTANTIATE_TEST_SUITE_P(, RecordingStoreContract,
                         testing::Values(Backend::memory, Backend::postgres), [](const auto& info) {
                           return info.param == Backend::memory ? "Memory" : "Postgres";
                         });

TEST_P(RecordingStoreContract, GivesBackWhatWasPut) {
  ASSERT_TRUE(run(recordings().put(server(), a_recording())));
  const auto found = run(recordings().find(mine(), conversation_));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, a_recording());
}

TEST_P(RecordingStoreContract, TakesTheLastOfTwo) {
  ASSERT_TRUE(run(recordings().put(server(), a_recording())));
  Recording again = a_recording();
  again.end = RecordingEnd::call_ended;
  again.pauses.clear();
  ASSERT_TRUE(run(recordings().put(server(), again)));
  EXPECT_EQ(run(recordings().find(mine(), conversation_)).value_or(Recording{}), again);
}

TEST_P(RecordingStoreContract, HidesTheRecordingsOfOthers) {
  ASSERT_TRUE(run(recordings().put(server(), a_recording())));
  EXPECT_EQ(code_of_error(run(recordings().find(theirs(), conversation_))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(recordings().remove(theirs(), conversation_))), ErrorCode::not_found);
  EXPECT_TRUE(run(recordings().find(mine(), conversation_)));
}

TEST_P(RecordingStoreContract, KeepsNothingOfAConversationThatIsNotThere) {
  Recording stray = a_recording();
  stray.conversation = ConversationId(fresh_id());
  EXPECT_EQ(code_of_error(run(recordings().put(server(), stray))), ErrorCode::not_found);
}

TEST_P(RecordingStoreContract, RemovesOnce) {
  ASSERT_TRUE(run(recordings().put(server(), a_recording())));
  EXPECT_TRUE(run(recordings().remove(mine(), conversation_)));
  EXPECT_EQ(code_of_error(run(recordings().remove(mine(), conversation_))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(recordings().find(mine(), conversation_))), ErrorCode::not_found);
}

}  // namespace
}  // namespace antiphon::store
