#include "json/schema_check.h"

#include <gtest/gtest.h>

namespace antiphon::json {
namespace {

std::string told(const std::vector<FieldError>& faults) {
  std::string text;
  for (const FieldError& fault : faults)
    text += fault.pointer + " " + fault.message + "; ";
  return text;
}

std::string refusal_of(std::string_view schema) {
  const auto checked = check_schema(*parse(schema));
  return checked ? "" : told(checked.error().fields);
}

std::string faults_in(std::string_view value, std::string_view schema) {
  EXPECT_EQ(refusal_of(schema), "");
  return told(faults_of(*parse(value), *parse(schema)));
}

const char* const kBooking = R"({"type":"object","required":["date","people"],
  "additionalProperties":false,"properties":{
    "date":{"type":"string","format":"date"},
    "people":{"type":"integer","minimum":1,"maximum":12},
    "name":{"type":["string","null"],"maxLength":5},
    "table":{"enum":["window","garden"]},
    "extras":{"type":"array","maxItems":2,"items":{"type":"string","minLength":1}}}})";

TEST(SchemaCheck, LetsGoodArgumentsThrough) {
  EXPECT_EQ(faults_in(R"({"date":"2026-11-23","people":2.0,"name":null,"table":"garden",
                          "extras":["cake"]})",
                      kBooking),
            "");
}

TEST(SchemaCheck, NamesEveryPlaceThatIsWrong) {
  EXPECT_EQ(faults_in(R"({"date":"tomorrow","people":13,"name":"Marion","table":"cellar",
                          "extras":["",1,"x"],"more":1})",
                      kBooking),
            "/date must have the form of date; /people must be at most 12; "
            "/name must have at most 5 characters; "
            "/table must be one of [\"window\",\"garden\"]; /extras must have at most 2 items; "
            "/extras/0 must have at least 1 characters; /extras/1 must be of type string; "
            "/more is not known; ");
  EXPECT_EQ(faults_in("{}", kBooking), "/date is missing; /people is missing; ");
  EXPECT_EQ(faults_in("[]", kBooking), " must be of type object; ");
}

TEST(SchemaCheck, KnowsItsFormats) {
  const auto fits = [](const std::string& value, const std::string& format) {
    return faults_of(Value(value), Object{{"format", format}}).empty();
  };
  EXPECT_TRUE(fits("2024-02-29", "date") && !fits("2023-02-29", "date"));
  EXPECT_TRUE(fits("09:30", "time") && fits("09:30:01Z", "time") && !fits("25:00", "time"));
  EXPECT_TRUE(fits("2024-02-29T10:00:00Z", "date-time") && !fits("2024-02-29", "date-time"));
  EXPECT_TRUE(fits("a@b.example", "email") && !fits("a@b", "email") && !fits("a b@c.d", "email"));
  EXPECT_TRUE(fits("https://a.example", "uri") && !fits("a.example", "uri"));
}

TEST(SchemaCheck, RefusesASchemaWithWhatItWouldNotCheck) {
  EXPECT_EQ(refusal_of(R"({"type":"object","properties":{"a":{"pattern":"^a"}}})"),
            "/properties/a/pattern is a keyword that is not checked here; leave it out; ");
  EXPECT_EQ(refusal_of(R"({"oneOf":[{}]})"),
            "/oneOf is a keyword that is not checked here; leave it out; ");
  EXPECT_EQ(refusal_of(R"({"type":"date"})"), "/type must be a type of JSON, or a list of them; ");
  EXPECT_EQ(refusal_of(R"({"required":["a"],"properties":{}})"),
            "/required names \"a\", which is no property; ");
  EXPECT_EQ(refusal_of(R"({"maxLength":-1})"), "/maxLength must be a number from 0; ");
  EXPECT_EQ(refusal_of("[]"), " must be a schema: an object; ");
  std::string deep = "{}";
  for (int level = 0; level < 9; ++level)
    deep = R"({"items":)" + deep + "}";
  EXPECT_NE(refusal_of(deep).find("levels"), std::string::npos);
}

}  // namespace
}  // namespace antiphon::json
