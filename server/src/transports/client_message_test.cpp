#include "transports/client_message.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

ErrorCode refusal(std::string_view text) {
  const auto message = parse_client_message(text);
  return message ? ErrorCode::internal : message.error().code;
}

TEST(ClientMessage, ReadsWhatTheCallerTyped) {
  const auto message = parse_client_message(R"({"type":"text","text":"h\u00e9llo"})");
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<TypedMessage>(*message).text.value(), "h\u00e9llo");
}

TEST(ClientMessage, ReadsThatTheCallerHangsUp) {
  const auto message = parse_client_message(R"({"type":"hang_up"})");
  ASSERT_TRUE(message);
  EXPECT_TRUE(std::holds_alternative<HangUpMessage>(*message));
}

TEST(ClientMessage, TakesTwoThousandCharactersAndNoMore) {
  const auto typed = [](std::size_t count) {
    std::string text = R"({"type":"text","text":")";
    for (std::size_t index = 0; index < count; ++index)
      text += "\u00e9";
    return text + "\"}";
  };
  EXPECT_TRUE(parse_client_message(typed(2'000)));
  EXPECT_EQ(refusal(typed(2'001)), ErrorCode::invalid_argument);
}

TEST(ClientMessage, SaysThatItIsNoJson) {
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string("{"), std::string(R"({"type":"text",})"),
        std::string(R"({"type":"hang_up"}x)"), std::string("\xff\xfe"), std::string(10'000, '[')}) {
    EXPECT_EQ(refusal(text), ErrorCode::protocol_error) << text.substr(0, 40);
  }
}

TEST(ClientMessage, RefusesJsonThatIsNoMessageOfOurs) {
  for (const std::string_view text :
       {"null", "[]", "\"hang_up\"", "{}", R"({"type":"dance"})", R"({"type":7})",
        R"({"text":"hello"})", R"({"type":"text"})", R"({"type":"text","text":""})",
        R"({"type":"text","text":7})", R"({"type":"text","text":null})",
        R"({"type":"text","text":"a\u0000b"})", R"({"type":"text","text":"a","more":1})",
        R"({"type":"hang_up","reason":"bored"})"}) {
    EXPECT_EQ(refusal(text), ErrorCode::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace antiphon
