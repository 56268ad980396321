#include "app/agent_file.h"

#include "app/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string complaint(const std::string& yaml) {
  const auto parsed = parse_yaml(yaml);
  return parsed ? "read" : parsed.error().message;
}

TEST(Yaml, ReadsScalarsAsJsonWritesThemAndEverythingElseAsText) {
  const auto parsed = parse_yaml(
      "a: 1\nb: -2.5\nc: true\nd: null\ne: '1'\nf: 1.2.3\ng: yes\nh: \"x\\n\"\ni: []\nj: {k: v}\n"
      "l:\n  - one\n  - |\n    two\n    lines\n");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(json::write(parsed->value),
            R"({"a":1,"b":-2.5,"c":true,"d":null,"e":"1","f":"1.2.3","g":"yes","h":"x\n","i":[],)"
            R"("j":{"k":"v"},"l":["one","two\nlines\n"]})");
  EXPECT_EQ(parsed->line_of("/e"), 5);
  EXPECT_EQ(parsed->line_of("/l/1"), 13);
  EXPECT_EQ(parsed->line_of("/j/nothing"), 10);
}

TEST(Yaml, NamesTheLineOfWhatItDoesNotRead) {
  EXPECT_THAT(complaint("a: 1\nb: [1, 2\n"), HasSubstr("line "));
  EXPECT_THAT(complaint("a: &x [1]\nb: *x\n"), HasSubstr("line 1: anchors"));
  EXPECT_THAT(complaint("a: 1\nb: !!binary aGk=\n"), HasSubstr("line 2: tags"));
  EXPECT_THAT(complaint("a: 1\nb: 2\na: 3\n"), HasSubstr("line 3: `a` stands twice"));
  EXPECT_THAT(complaint("? [a]\n: 1\n"), HasSubstr("line 1: a key must be text"));
  EXPECT_THAT(complaint("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
  EXPECT_THAT(complaint(""), HasSubstr("holds nothing"));
}

TEST(Yaml, IsBoundedInDepthAndLength) {
  EXPECT_THAT(complaint(std::string(33, '[') + std::string(33, ']')), HasSubstr("nested more"));
  EXPECT_EQ(complaint(std::string(32, '[') + std::string(32, ']')), "read");
  EXPECT_THAT(complaint(std::string(100'000, '[')), HasSubstr("line 1"));
  EXPECT_THAT(complaint(std::string(kYamlBytesMax + 1, 'a')), HasSubstr("longer than"));
}

TEST(Yaml, ReadsBackWhatItWrites) {
  json::Array texts;
  for (const char* text : {"",
                           "plain",
                           "true",
                           "12",
                           "- not a list",
                           "a: b",
                           "# no comment",
                           "two\nlines",
                           "two\nlines\n",
                           "blank\n\nline\n",
                           " leads\nwith space",
                           "ends \nwith space",
                           "\nstarts",
                           "many\n\n\n",
                           "tab\tand \"quotes\" \\",
                           "Gr\u00fc\u00df Gott \u4f60\u597d \U0001F600",
                           "\u2028",
                           "a\nb\u0085c",
                           "bell\a\nx",
                           "\xEF\xBB\xBF"
                           "bom\nx",
                           "---\nx",
                           "...\n"}) {
    texts.emplace_back(text);
  }
  json::Object object{{"texts", std::move(texts)},
                      {"odd key: #", 1},
                      {"null", nullptr},
                      {"empty", json::Object{}},
                      {"none", json::Array{}},
                      {"lists", json::Array{json::Array{1, 2.5}, json::Object{{"a", true}}}}};
  const json::Value value(std::move(object));
  const auto read = parse_yaml(write_yaml(value));
  ASSERT_TRUE(read) << read.error().message << "\n" << write_yaml(value);
  EXPECT_EQ(json::write(read->value), json::write(value)) << write_yaml(value);
}

TEST(AgentFile, ReadsBackWhatItWrites) {
  AgentFile file;
  file.slug = Slug::make("front-desk").value();
  file.name = "Front desk";
  file.configuration.prompt = Text<0, 32'000>::make("You answer.\nBriefly: always.\n").value();
  const std::string text = write_agent_file(file);
  EXPECT_THAT(text, HasSubstr("slug: \"front-desk\"\nname: \"Front desk\"\n"));
  EXPECT_THAT(text, HasSubstr("  prompt: |\n    You answer.\n    Briefly: always.\n"));
  const auto read = read_agent_file(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(changes_between(file, *read).empty());
}

TEST(AgentFile, NamesTheLineOfEachMistake) {
  const auto read = read_agent_file(
      "slug: Front Desk\nname: Front desk\nconfiguration:\n  greeting: Hi\n  turn:\n"
      "    silence_min_ms: 5\n    silense_max_ms: 5\n");
  ASSERT_FALSE(read);
  std::vector<std::string> complaints;
  for (const FieldError& field : read.error().fields)
    complaints.push_back(field.pointer + " " + field.message.substr(0, 8));
  EXPECT_THAT(complaints, testing::UnorderedElementsAre(
                              "/slug (line 1)", "/configuration/turn/silence_min_ms (line 6)",
                              "/configuration/turn/silense_max_ms (line 7)"));
}

TEST(AgentFile, SaysWhatPushingItWouldChange) {
  AgentFile before;
  AgentFile after;
  after.name = "New";
  before.name = "Old";
  after.configuration.greeting = "Hi";
  before.configuration.greeting = "Hello";
  EXPECT_THAT(changes_between(before, after),
              ElementsAre(VersionChange{"/name", "\"Old\"", "\"New\""},
                          VersionChange{"/configuration/greeting", "\"Hello\"", "\"Hi\""}));
}

}  // namespace
}  // namespace antiphon
