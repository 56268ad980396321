#include "json/value.h"

#include <gtest/gtest.h>

namespace antiphon::json {
namespace {

std::string fault_of(std::string_view text) {
  const auto parsed = parse(text);
  if (parsed) return "accepted";
  const FieldError& first = parsed.error().fields.front();
  return first.pointer + " " + first.message;
}

TEST(Parse, WritesBackEveryKindOfValue) {
  constexpr std::string_view kText =
      R"([null,true,false,0,-1,9223372036854775807,0.1,1e-07,"é\"\\\n\u0001",[],{},{"a":[{}]}])";
  EXPECT_EQ(write(parse(kText).value()), kText);
}

TEST(Parse, ReadsDoublesExactly) {
  for (const std::string_view text :
       {"0.1", "0.30000000000000004", "5e-324", "1.7976931348623157e+308", "123456.78901234567"}) {
    EXPECT_EQ(write(parse(text).value()), text);
  }
  EXPECT_EQ(write(parse("18446744073709551615").value()), "18446744073709551616");
  EXPECT_EQ(write(parse("1e-400").value()), "0");
  EXPECT_EQ(write(parse("-0.0").value()), "0");
}

TEST(Parse, RefusesNumbersThatNoDoubleHolds) {
  EXPECT_EQ(fault_of("1e400"), " is a number too large to hold");
  EXPECT_EQ(fault_of(R"({"a":[1,-1e999]})"), "/a/1 is a number too large to hold");
}

TEST(Parse, SaysWhereTheSyntaxBreaks) {
  EXPECT_EQ(fault_of("{\n  \"a\": tru\n}"), " is not valid JSON at line 2 column 8");
  EXPECT_EQ(fault_of("{'a':1}"), " is not valid JSON at line 1 column 2");
  EXPECT_EQ(fault_of("{\"a\":1,}"), " is not valid JSON at line 1 column 8");
  EXPECT_EQ(fault_of("// x\n1"), " is not valid JSON at line 1 column 1");
  EXPECT_EQ(fault_of("NaN"), " is not valid JSON at line 1 column 1");
  EXPECT_EQ(fault_of("01"), " has more after the JSON document at line 1 column 2");
  EXPECT_EQ(fault_of("\"\\ud800\""), " is not valid JSON at line 1 column 8");
}

TEST(Parse, RefusesEmptyCutAndTrailingText) {
  EXPECT_EQ(fault_of(""), " is empty; send a JSON document");
  EXPECT_EQ(fault_of(" \r\n\t"), " is empty; send a JSON document");
  EXPECT_EQ(fault_of("{\"a\":"), " ends before the JSON document is complete");
  EXPECT_EQ(fault_of("{} {}"), " has more after the JSON document at line 1 column 4");
  EXPECT_EQ(fault_of(std::string_view("{}\0", 3)),
            " has more after the JSON document at line 1 column 3");
}

TEST(Parse, RefusesInvalidUtf8WithItsPlace) {
  EXPECT_EQ(fault_of("{\"é\":\"\xC3\x28\"}"), " is not valid UTF-8 at line 1 column 7");
}

TEST(Parse, AcceptsSixtyFourLevelsAndNoMore) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(fault_of(nested(64)), "accepted");
  EXPECT_EQ(fault_of(nested(65)), " is nested deeper than 64 levels at line 1 column 65");
}

TEST(Parse, RefusesAKeyThatAppearsTwice) {
  EXPECT_EQ(fault_of(R"({"a":1,"b":2,"a":1})"), "/a must appear only once");
  EXPECT_EQ(fault_of(R"([0,{"x":{"k/":1,"k/":2}}])"), "/1/x/k~1 must appear only once");
  EXPECT_EQ(fault_of(R"({"a":1,"\u0061":2})"), "/a must appear only once");
  EXPECT_EQ(fault_of(R"([{"a":1},{"a":1}])"), "accepted");
}

TEST(Parse, NamesEachRepeatedKeyOnce) {
  const auto parsed = parse(R"({"b":1,"a":1,"a":2,"a":3,"b":2})");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(parsed.error().fields, (std::vector<FieldError>{{"/a", "must appear only once"},
                                                            {"/b", "must appear only once"}}));
}

TEST(Write, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(write(Value(std::string("a\xFFz"))), R"("a\ufffdz")");
}

TEST(Write, IndentsWhatGoesUnderVersionControl) {
  EXPECT_EQ(write_pretty(parse(R"({"a":[1,{}],"b":{"c":null},"d":[]})").value()),
            R"({
  "a": [
    1,
    {}
  ],
  "b": {
    "c": null
  },
  "d": []
}
)");
}

// RFC 7396 appendix A.
TEST(MergeInto, PassesTheExamplesOfTheRfc) {
  const std::vector<std::array<std::string_view, 3>> examples{
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}};
  for (const auto& [target, patch, expected] : examples) {
    Value merged = parse(target).value();
    merge_into(merged, parse(patch).value());
    EXPECT_EQ(write(merged), expected) << target << " + " << patch;
  }
}

TEST(PointerTo, EscapesAndCutsWhatOthersNamed) {
  EXPECT_EQ(pointer_to("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(pointer_to("", std::string(79, 'x') + "éé"), "/" + std::string(79, 'x') + "é…");
}

}  // namespace
}  // namespace antiphon::json
