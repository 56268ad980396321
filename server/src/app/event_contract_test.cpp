// What calls tell their client, against the structs that the contract is made of.
#include "app/event_contract.h"

#include "engine/event_notices.h"
#include "json/json.h"
#include "testing/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// The types of what the call emitted; each notice has exactly the fields that its struct names.
std::set<std::string> checked_types(const Simulation& call) {
  std::set<std::string> types;
  for (const std::string& notice : call.transport.notices) {
    const auto read = from_json<SessionNoticeEvent>(notice);
    EXPECT_TRUE(read) << notice << (read ? "" : read.error().message);
    if (read) types.insert(notice.substr(9, notice.find('"', 9) - 9));
  }
  return types;
}

std::set<std::string> types_of(const json::EventGroup& group) {
  std::set<std::string> types;
  for (const auto alternative : group.shape->alternatives)
    types.emplace(alternative().tag);
  return types;
}

TEST(EventContract, HoldsEveryNoticeOfSimulatedCalls) {
  std::set<std::string> seen;
  {
    Simulation call{Seed{1}};
    call.model.replies.push_back({{"We open at nine, ", "and we close at five in the evening."}});
    call.agent_says("Hello and welcome to the practice, this is Ann.");
    call.advance(400ms);
    call.caller_coughs(120ms);
    call.advance(5s);
    call.caller_speaks("when do you open", 1s);
    call.advance(4s);
    call.caller_speaks("wait I meant Saturday", 1500ms);
    call.advance(4s);
    call.caller_types("and on \"Sunday\"?");
    call.advance(3s);
    call.hang_up();
    EXPECT_TRUE(call.advance_until_closed(1s));
    seen.merge(checked_types(call));
  }
  {
    Simulation call{Seed{2}};
    call.recognizer.failing = true;
    call.agent_says("Hello.");
    call.advance(3s);
    call.caller_speaks("when do you open", 1s);
    call.advance(8s);
    call.hang_up();
    EXPECT_TRUE(call.advance_until_closed(1s));
    seen.merge(checked_types(call));
  }
  for (const ToolProblem problem : {ToolProblem::none, ToolProblem::unavailable}) {
    SimulationOptions options;
    options.tools = {scripted_tool("find_slot", ToolEffect::reads)};
    Simulation call{Seed{3}, std::move(options)};
    call.tools.answer.problem = problem;
    call.model.replies = {
        {.texts = {""}, .tool_calls = {{.id = "c1", .name = "find_slot", .arguments = "{}"}}},
        {{"Ten o'clock is free."}}};
    call.agent_says("Hello.");
    call.advance(2s);
    call.caller_speaks("when can I come", 1s);
    call.advance(5s);
    call.hang_up();
    EXPECT_TRUE(call.advance_until_closed(1s));
    seen.merge(checked_types(call));
  }
  std::set<std::string> described = types_of(event_groups().front());
  // The audio socket's own, and those of calls that are kept.
  for (const std::string type :
       {"clear", "session.waiting", "recording.started", "recording.paused", "recording.resumed"}) {
    described.erase(type);
  }
  EXPECT_EQ(seen, described);
}

TEST(EventContract, ReadsTheAudioSocketsOwnEvents) {
  EXPECT_TRUE(from_json<SessionNoticeEvent>(R"({"type":"clear"})"));
  EXPECT_TRUE(from_json<SessionNoticeEvent>(
      R"({"type":"session.waiting","at_ms":0,"message":"speech is still loading"})"));
  EXPECT_TRUE(from_json<SessionNoticeEvent>(R"({"type":"recording.paused","at_ms":7})"));
}

TEST(EventContract, RefusesAFieldThatIsNotDescribed) {
  EXPECT_FALSE(from_json<SessionNoticeEvent>(R"({"type":"clear","at_ms":7})"));
  EXPECT_FALSE(from_json<SessionNoticeEvent>(R"({"type":"caller.speech_started","at_ms":7})"));
  EXPECT_FALSE(from_json<SessionNoticeEvent>(R"({"type":"caller.sneezed","at_ms":7})"));
}

TEST(EventContract, DescribesEachEventForPeople) {
  const std::string page = events_page();
  for (const std::string& type : types_of(event_groups().front())) {
    EXPECT_THAT(page, HasSubstr("| `" + type + "` |"));
  }
  EXPECT_THAT(page, HasSubstr("| | `heard` | text | What reached the caller. |"));
  EXPECT_THAT(page, HasSubstr("| | `first_text_ms` (optional) | integer |"));
}

}  // namespace
}  // namespace antiphon
