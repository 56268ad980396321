#include "store/journal/spool_file.h"

#include "store/journal/entry_codec.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

std::string three_records() {
  return frame_record("first") + frame_record("second record") + frame_record("third");
}

TEST(SpoolFile, ReadsWhatWasWritten) {
  const SpoolScan scan = scan_spool(three_records(), 10, true);
  EXPECT_EQ(scan.payloads, (std::vector<std::string>{"first", "second record", "third"}));
  EXPECT_EQ(scan.damaged, 0U);
  EXPECT_EQ(scan.consumed, three_records().size());
}

TEST(SpoolFile, ToleratesATailTornAtAnyByte) {
  const std::string whole = three_records();
  const std::size_t intact = frame_record("first").size() + frame_record("second record").size();
  for (std::size_t size = intact + 1; size < whole.size(); ++size) {
    const SpoolScan scan = scan_spool(whole.substr(0, size), 10, true);
    EXPECT_EQ(scan.payloads, (std::vector<std::string>{"first", "second record"})) << size;
    EXPECT_EQ(scan.damaged, 1U) << size;
    EXPECT_EQ(scan.consumed, size);
    const SpoolScan more_to_come = scan_spool(whole.substr(0, size), 10, false);
    EXPECT_EQ(more_to_come.consumed, intact) << size;
  }
}

TEST(SpoolFile, LosesOneRecordToADamagedByteAnywhere) {
  const std::string whole = three_records();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    const SpoolScan scan = scan_spool(bytes, 10, true);
    EXPECT_EQ(scan.payloads.size(), 2U) << at;
    EXPECT_EQ(scan.damaged, 1U) << at;
  }
}

TEST(SpoolFile, ReadsBytesThatAreShorterThanAMarker) {
  const SpoolScan scan = scan_spool("1", 10, false);
  EXPECT_TRUE(scan.payloads.empty());
  EXPECT_EQ(scan.consumed, 1U);
}

TEST(SpoolFile, FindsItsRecordsAgainWhenItIsOpenedAgain) {
  const TemporaryFolder folder;
  {
    auto file = SpoolFile::open(folder.path() / "spool", 1 << 20);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->append(frame_record("kept")));
    ASSERT_TRUE(file->sync());
  }
  auto file = SpoolFile::open(folder.path() / "spool", 1 << 20);
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->empty());
  const auto scan = file->read(10);
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->payloads, std::vector<std::string>{"kept"});
  file->pass(*scan);
  EXPECT_TRUE(file->empty());
}

TEST(SpoolFile, RefusesWhatIsOverItsLimitAndStaysWhole) {
  const TemporaryFolder folder;
  auto file = SpoolFile::open(folder.path() / "spool", 40);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append(frame_record("kept")));
  const auto refused = file->append(frame_record(std::string(40, 'x')));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  EXPECT_EQ(file->read(10)->payloads.size(), 1U);
}

TEST(SpoolFile, SaysThatTheDiskIsFull) {
  // The kernel's own full disk: every write ends in ENOSPC.
  auto file = SpoolFile::open("/dev/full", 1 << 20);
  ASSERT_TRUE(file);
  const auto refused = file->append(frame_record("no room"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
}

TEST(SpoolFile, SaysThatTheFolderCannotBeUsed) {
  const auto file = SpoolFile::open("/nonexistent/folder/spool", 40);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::unavailable);
}

Message full_message() {
  Message message;
  message.ordinal = 3;
  message.speaker = Speaker::agent;
  message.said = "We open at nine — every day.";
  message.heard = "We open";
  message.interrupted = true;
  message.generation = GenerationId(*Uuid::parse("00000000-0000-4000-8000-00000000000a"));
  message.started = Milliseconds(1200);
  message.ended = Milliseconds(2400);
  message.latency = ReplyLatency{Milliseconds(260), std::nullopt, Milliseconds(400),
                                 Milliseconds(500), Milliseconds(520)};
  message.citations = {{DocumentId{}, 2, "Hours", "nine to five", 0.75}};
  return message;
}

TEST(EntryCodec, BringsBackEveryFieldOfAMessage) {
  JournalEntry entry;
  entry.conversation = ConversationId(*Uuid::parse("00000000-0000-4000-8000-00000000000b"));
  entry.started_at = WallTime(std::chrono::nanoseconds(1'767'603'600'123'456'789));
  entry.what = full_message();
  const auto decoded = decode_entry(encode_entry(entry));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->conversation, entry.conversation);
  EXPECT_EQ(decoded->started_at, entry.started_at);
  const auto& message = std::get<Message>(decoded->what);
  EXPECT_EQ(message.ordinal, 3);
  EXPECT_EQ(message.speaker, Speaker::agent);
  EXPECT_EQ(message.said, "We open at nine — every day.");
  EXPECT_EQ(message.heard, "We open");
  EXPECT_TRUE(message.interrupted);
  EXPECT_EQ(message.generation, full_message().generation);
  EXPECT_EQ(message.started, Milliseconds(1200));
  EXPECT_EQ(message.ended, Milliseconds(2400));
  EXPECT_EQ(message.latency, full_message().latency);
  EXPECT_EQ(message.citations, full_message().citations);
}

TEST(EntryCodec, BringsBackStartsEventsAndEnds) {
  JournalEntry entry;
  Conversation conversation;
  conversation.channel = Channel::phone;
  conversation.metadata = R"({"order":7})";
  conversation.end_reason = EndReason::idle;
  entry.what = JournalEntry::Started{conversation};
  auto decoded = decode_entry(encode_entry(entry));
  ASSERT_TRUE(decoded);
  const auto& started = std::get<JournalEntry::Started>(decoded->what).conversation;
  EXPECT_EQ(started.channel, Channel::phone);
  EXPECT_EQ(started.metadata, R"({"order":7})");
  EXPECT_EQ(started.end_reason, EndReason::idle);

  entry.what = ConversationEvent{9, "reply.started", Milliseconds(5), R"({"a":1})"};
  EXPECT_TRUE(encodes_event(encode_entry(entry)));
  decoded = decode_entry(encode_entry(entry));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<ConversationEvent>(decoded->what).sequence, 9);
  EXPECT_EQ(std::get<ConversationEvent>(decoded->what).payload, R"({"a":1})");

  entry.what = JournalEntry::Ended{ConversationStatus::failed, EndReason::failure, WallTime{}};
  decoded = decode_entry(encode_entry(entry));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<JournalEntry::Ended>(decoded->what).reason, EndReason::failure);
}

TEST(EntryCodec, TellsWhatWasUsedFromEventsThatMayBeDropped) {
  JournalEntry entry;
  entry.what = ConversationEvent{9, "usage", Milliseconds(5), R"({"quantity":1})"};
  std::string bytes = encode_entry(entry);
  EXPECT_FALSE(encodes_event(bytes));
  EXPECT_FALSE(is_event(entry));
  const auto decoded = decode_entry(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<ConversationEvent>(decoded->what).kind, "usage");
  EXPECT_EQ(std::get<ConversationEvent>(decoded->what).payload, R"({"quantity":1})");
  bytes[1] = 2;  // the same entry in another form
  EXPECT_FALSE(decode_entry(bytes));
}

TEST(EntryCodec, RefusesEveryCutAndEveryExtraByte) {
  JournalEntry entry;
  entry.what = full_message();
  const std::string bytes = encode_entry(entry);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_entry(std::string_view(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_entry(bytes + "x"));
}

}  // namespace
}  // namespace antiphon
