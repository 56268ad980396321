#include "store/contract_world_test.h"

namespace antiphon::store {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime kStart{std::chrono::microseconds(1'767'603'600'123'456)};  // 2026-01-05 09:00 UTC

class ConversationStoreContract : public Contract {
 protected:
  Conversation make_conversation(WallTime started_at = kStart) {
    if (agent_.uuid().is_nil()) agent_ = make_agent("speaker").id;
    Conversation conversation;
    conversation.agent = agent_;
    conversation.started_at = started_at;
    auto made = run(conversations().create(mine(), conversation));
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    return made.value_or(Conversation{});
  }

  JournalEntry entry(ConversationId id, decltype(JournalEntry::what) what) const {
    return {mine().workspace, id, kStart, std::move(what)};
  }

  // A whole call, as the engine writes it.
  std::vector<JournalEntry> story(ConversationId id, AgentId agent) const {
    Conversation conversation;
    conversation.agent = agent;
    conversation.channel = Channel::phone;
    conversation.metadata = R"({"order": 7})";
    Message asked{.ordinal = 0,
                  .speaker = Speaker::caller,
                  .said = "When are you open?",
                  .heard = "When are you open?",
                  .started = milliseconds(900),
                  .ended = milliseconds(2'100)};
    Message answered{.ordinal = 1,
                     .speaker = Speaker::agent,
                     .said = "Nine to five, Monday to Friday.",
                     .heard = "Nine to five",
                     .interrupted = true,
                     .generation = GenerationId(fresh_id()),
                     .started = milliseconds(2'600),
                     .ended = milliseconds(3'500),
                     .latency = ReplyLatency{.turn_ended = milliseconds(210),
                                             .first_audio_sent = milliseconds(480)}};
    answered.citations.push_back({DocumentId(fresh_id()), 3, "Hours", "Nine to five", 0.75});
    return {entry(id, JournalEntry::Started{conversation}),
            entry(id, ConversationEvent{1, "speech.started", milliseconds(900), "{}"}),
            entry(id, asked),
            entry(id, answered),
            entry(id, ConversationEvent{2, "barge_in", milliseconds(3'400), R"({"words": 2})"}),
            entry(id, JournalEntry::Ended{ConversationStatus::ended, EndReason::caller_hung_up,
                                          kStart + seconds(9)})};
  }

  AgentId agent_;
};

INSTANTIATE_TEST_SUITE_P(, ConversationStoreContract,
                         testing::Values(Backend::memory, Backend::postgres), [](const auto& info) {
                           return info.param == Backend::memory ? "Memory" : "Postgres";
                         });

TEST_P(ConversationStoreContract, KeepsAConversationAsItWasGiven) {
  const Conversation made = make_conversation();
  const auto found = run(conversations().find(mine(), made.id));
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->conversation.agent, agent_);
  EXPECT_EQ(found->conversation.started_at, kStart);
  EXPECT_EQ(found->conversation.status, ConversationStatus::active);
  EXPECT_EQ(found->conversation.metadata, "{}");
  EXPECT_FALSE(found->conversation.ended_at.has_value());
  EXPECT_TRUE(found->messages.empty());
}

TEST_P(ConversationStoreContract, HidesConversationsFromOtherWorkspaces) {
  const Conversation conversation = make_conversation();
  EXPECT_EQ(code_of_error(run(conversations().find(theirs(), conversation.id))),
            ErrorCode::not_found);
  EXPECT_TRUE(run(conversations().list(theirs(), {}, {})).value().items.empty());
}

TEST_P(ConversationStoreContract, RefusesAConversationWithAnAgentOfAnotherWorkspace) {
  Conversation conversation;
  conversation.agent = make_agent("mine-alone").id;
  EXPECT_EQ(code_of_error(run(conversations().create(theirs(), conversation))),
            ErrorCode::not_found);
}

TEST_P(ConversationStoreContract, ListsNewestFirstInPagesThatStayWhole) {
  for (int hour = 0; hour < 5; ++hour)
    make_conversation(kStart + hours(hour));
  const auto first = run(conversations().list(mine(), {}, {.limit = 2, .cursor = {}}));
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].started_at, kStart + hours(4));
  make_conversation(kStart + hours(9));
  const auto second =
      run(conversations().list(mine(), {}, {.limit = 2, .cursor = first->next_cursor}));
  ASSERT_EQ(second->items.size(), 2U);
  EXPECT_EQ(second->items[0].started_at, kStart + hours(2));
  EXPECT_EQ(second->items[1].started_at, kStart + hours(1));
}

TEST_P(ConversationStoreContract, ConversationsOfTheSameInstantAreListedOnceEach) {
  for (int index = 0; index < 5; ++index)
    make_conversation(kStart);
  std::vector<ConversationId> seen;
  PageRequest page{.limit = 2, .cursor = {}};
  do {
    const auto listed = run(conversations().list(mine(), {}, page));
    ASSERT_TRUE(listed.has_value());
    for (const Conversation& conversation : listed->items)
      seen.push_back(conversation.id);
    page.cursor = listed->next_cursor;
  } while (!page.cursor.empty());
  EXPECT_EQ(seen.size(), 5U);
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST_P(ConversationStoreContract, FiltersByAgentAndStatus) {
  const Conversation active = make_conversation();
  const ConversationId ended(fresh_id());
  ASSERT_TRUE(run(conversations().apply(story(ended, agent_))));
  const AgentId other = make_agent("silent").id;
  const auto count = [&](ConversationFilter filter) {
    return run(conversations().list(mine(), filter, {}))->items.size();
  };
  EXPECT_EQ(count({.agent = agent_, .status = {}}), 2U);
  EXPECT_EQ(count({.agent = other, .status = {}}), 0U);
  EXPECT_EQ(count({.agent = {}, .status = ConversationStatus::active}), 1U);
  EXPECT_EQ(count({.agent = agent_, .status = ConversationStatus::ended}), 1U);
}

TEST_P(ConversationStoreContract, AppliesAWholeStory) {
  const ConversationId id(fresh_id());
  const AgentId agent = make_agent("teller").id;
  const auto applied = run(conversations().apply(story(id, agent)));
  ASSERT_TRUE(applied.has_value()) << applied.error().message;
  const auto record = run(conversations().find(mine(), id));
  ASSERT_TRUE(record.has_value()) << record.error().message;
  EXPECT_EQ(record->conversation.status, ConversationStatus::ended);
  EXPECT_EQ(record->conversation.end_reason, EndReason::caller_hung_up);
  EXPECT_EQ(record->conversation.ended_at, kStart + seconds(9));
  EXPECT_EQ(record->conversation.channel, Channel::phone);
  EXPECT_EQ(record->conversation.metadata, R"({"order": 7})");
  ASSERT_EQ(record->messages.size(), 2U);
  const Message& answer = record->messages[1];
  EXPECT_EQ(answer.said, "Nine to five, Monday to Friday.");
  EXPECT_EQ(answer.heard, "Nine to five");
  EXPECT_TRUE(answer.interrupted);
  EXPECT_TRUE(answer.generation.has_value());
  EXPECT_EQ(answer.started, milliseconds(2'600));
  ASSERT_TRUE(answer.latency.has_value());
  EXPECT_EQ(answer.latency->first_audio_sent, milliseconds(480));
  EXPECT_FALSE(answer.latency->first_text.has_value());
  ASSERT_EQ(answer.citations.size(), 1U);
  EXPECT_EQ(answer.citations[0].quote, "Nine to five");
  EXPECT_FALSE(record->messages[0].latency.has_value());
  ASSERT_EQ(record->events.size(), 2U);
  EXPECT_EQ(record->events[1].kind, "barge_in");
  EXPECT_EQ(record->events[1].payload, R"({"words": 2})");
}

TEST_P(ConversationStoreContract, ApplyingTwiceChangesNothing) {
  const ConversationId id(fresh_id());
  const auto entries = story(id, make_agent("repeated").id);
  ASSERT_TRUE(run(conversations().apply(entries)));
  auto again = entries;
  again.back().what =
      JournalEntry::Ended{ConversationStatus::failed, EndReason::failure, kStart + seconds(99)};
  std::get<Message>(again[2].what).said = "something else";
  ASSERT_TRUE(run(conversations().apply(again)));
  const auto record = run(conversations().find(mine(), id));
  EXPECT_EQ(record->messages.size(), 2U);
  EXPECT_EQ(record->messages[0].said, "When are you open?");
  EXPECT_EQ(record->events.size(), 2U);
  EXPECT_EQ(record->conversation.end_reason, EndReason::caller_hung_up);
  EXPECT_EQ(record->conversation.ended_at, kStart + seconds(9));
}

TEST_P(ConversationStoreContract, TakesAStoryInPartsAndOfManyConversationsAtOnce) {
  const AgentId agent = make_agent("busy").id;
  std::vector<ConversationId> ids;
  std::vector<JournalEntry> firsts;
  std::vector<JournalEntry> rests;
  for (int call = 0; call < 20; ++call) {
    ids.emplace_back(fresh_id());
    auto entries = story(ids.back(), agent);
    for (std::size_t index = 0; index < entries.size(); ++index) {
      (index < 3 ? firsts : rests).push_back(std::move(entries[index]));
    }
  }
  ASSERT_TRUE(run(conversations().apply(firsts)));
  EXPECT_EQ(run(conversations().find(mine(), ids[7]))->conversation.status,
            ConversationStatus::active);
  ASSERT_TRUE(run(conversations().apply(rests)));
  for (const ConversationId id : ids) {
    const auto record = run(conversations().find(mine(), id));
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->messages.size(), 2U);
    EXPECT_EQ(record->events.size(), 2U);
    EXPECT_EQ(record->conversation.status, ConversationStatus::ended);
  }
}

TEST_P(ConversationStoreContract, AnErasedConversationStaysErased) {
  const ConversationId id(fresh_id());
  const auto entries = story(id, make_agent("erased").id);
  const auto applied =
      run(conversations().apply({entries[2], entries[4], entries[5]}));  // no start
  EXPECT_TRUE(applied.has_value());
  EXPECT_EQ(code_of_error(run(conversations().find(mine(), id))), ErrorCode::not_found);
}

TEST_P(ConversationStoreContract, AnEntryOfAnotherWorkspaceTouchesNothingHere) {
  const Conversation conversation = make_conversation();
  JournalEntry foreign = entry(conversation.id, Message{.ordinal = 0, .said = "forged"});
  foreign.workspace = theirs().workspace;
  ASSERT_TRUE(run(conversations().apply({foreign})));
  EXPECT_TRUE(run(conversations().find(mine(), conversation.id))->messages.empty());
}

TEST_P(ConversationStoreContract, AConversationOutlivesItsAgent) {
  const ConversationId before(fresh_id());
  const ConversationId after(fresh_id());
  const AgentId agent = make_agent("mortal").id;
  ASSERT_TRUE(run(conversations().apply(story(before, agent))));
  ASSERT_TRUE(run(agents().remove(mine(), agent)));
  // The journal may be late: what it tells of an agent that is gone is kept, too.
  ASSERT_TRUE(run(conversations().apply(story(after, agent))));
  for (const ConversationId id : {before, after}) {
    const auto record = run(conversations().find(mine(), id));
    ASSERT_TRUE(record.has_value());
    EXPECT_TRUE(record->conversation.agent.uuid().is_nil());
    EXPECT_EQ(record->messages.size(), 2U);
  }
}

TEST_P(ConversationStoreContract, TextThatIsNoTextDoesNotHoldUpTheJournal) {
  const Conversation conversation = make_conversation();
  const std::string odd("a\0b\xFF", 4);
  ASSERT_TRUE(run(conversations().apply(
      {entry(conversation.id, Message{.ordinal = 0, .said = odd, .heard = odd}),
       entry(conversation.id, Message{.ordinal = 1, .said = "plain", .heard = "plain"})})));
  const auto record = run(conversations().find(mine(), conversation.id));
  ASSERT_EQ(record->messages.size(), 2U);
  EXPECT_EQ(record->messages[1].said, "plain");
}

}  // namespace
}  // namespace antiphon::store
