#include "json/json.h"

#include "json/codec.h"
#include "json/json_test_types.h"
#include "json/value.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using sample::Everything;
using Fields = std::vector<FieldError>;

constexpr std::string_view kWhole =
    R"({"name":"Ann","slug":"ann-b","id":"0190a1b2-0000-7000-8000-00000000000a","enabled":false,)"
    R"("role":"operator","deputy":"analyst","voice":{"name":"amy","speed":1.25,"pause_ms":0},)"
    R"("nickname":null,"phone":"+49 30 1","tags":["a","b"],"scores":[1,-2],)"
    R"("weights":{"x":0.1,"y":2},"metadata":{"k":[1,{"z":null}]},)"
    R"("action":{"type":"transfer","target":"desk"},)"
    R"("plan":{"name":"a","steps":[{"name":"b","steps":[]}]},)"
    R"("waited":1500,"turns":3,"created_at":"2026-01-31T09:30:00.250Z"})";

template <class T = Everything>
Fields fields_of(std::string_view text) {
  const auto read = from_json<T>(text);
  return read ? Fields{} : read.error().fields;
}

// kWhole with the one member replaced.
std::string with(std::string_view member, std::string_view value) {
  auto patched = json::parse(kWhole);
  *patched->find(member) = json::parse(value).value();
  return json::write(*patched);
}

TEST(Json, WritesWhatItReadByteForByte) {
  const auto read = from_json<Everything>(kWhole);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(to_json(*read), kWhole);
}

TEST(Json, FillsEveryFieldOfTheStruct) {
  const auto read = from_json<Everything>(kWhole);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name.value(), "Ann");
  EXPECT_EQ(read->id.uuid().to_string(), "0190a1b2-0000-7000-8000-00000000000a");
  EXPECT_FALSE(read->enabled);
  EXPECT_EQ(read->role_, sample::Role::operator_);
  EXPECT_EQ(read->deputy, sample::Role::analyst);
  EXPECT_EQ(read->voice.speed.value(), 1.25);
  EXPECT_EQ(read->second_voice, std::nullopt);
  EXPECT_EQ(read->nickname.value, std::nullopt);
  EXPECT_EQ(read->phone.reveal(), "+49 30 1");
  EXPECT_EQ(read->tags.size(), 2U);
  EXPECT_EQ(read->scores, (std::vector<std::int32_t>{1, -2}));
  EXPECT_EQ(read->weights.at("x"), 0.1);
  EXPECT_EQ(read->metadata.text(), R"({"k":[1,{"z":null}]})");
  EXPECT_EQ(std::get<sample::Transfer>(read->action).target.value(), "desk");
  EXPECT_EQ(read->plan->steps.front().name.value(), "b");
  EXPECT_EQ(read->waited, std::chrono::milliseconds(1500));
  EXPECT_EQ(read->turns.value(), 3U);
  EXPECT_EQ(read->created_at.time_since_epoch(), std::chrono::milliseconds(1'769'851'800'250));
}

TEST(Json, NamesEveryWrongFieldAtOnce) {
  const Fields fields = fields_of(
      R"({"name":"","slug":"A B","id":"x","enabled":"yes","role":"operator_","deputy":1,)"
      R"("voice":{"speed":9,"pause_ms":1.5},"nickname":"ok","phone":"1","tags":["a","b","c","d"],)"
      R"("scores":[1,"2",3e10],"weights":{"x":"y"},"metadata":[],"action":{"type":"fly"},)"
      R"("plan":{"name":"a","steps":[{"nam/e~":"b"}]},"waited":null,"turns":-1,)"
      R"("created_at":"yesterday"})");
  EXPECT_EQ(fields, (Fields{{"/name", "must be a string of 1 to 10 characters"},
                            {"/slug", "must be lower-case letters and dashes, at most 20"},
                            {"/id", "must be a UUID of 36 characters"},
                            {"/enabled", "must be true or false"},
                            {"/role", "must be one of owner, operator, analyst"},
                            {"/deputy", "must be one of owner, operator, analyst"},
                            {"/voice/speed", "must be a number from 0.25 to 4"},
                            {"/voice/pause_ms", "must be an integer from 0 to 5000"},
                            {"/tags", "must be an array of at most 3 items"},
                            {"/scores/1", "must be an integer from -2147483648 to 2147483647"},
                            {"/scores/2", "must be an integer from -2147483648 to 2147483647"},
                            {"/weights/x", "must be a number"},
                            {"/metadata", "must be an object"},
                            {"/action/type", "must be one of transfer, hang_up"},
                            {"/plan/steps/0/nam~1e~0", "is not a known field"},
                            {"/plan/steps/0/name", "is required"},
                            {"/waited", "must be an integer"},
                            {"/turns", "must be an integer from 0 to 4294967295"},
                            {"/created_at", "must be a time as in 2026-01-31T09:30:00Z"}}));
}

TEST(Json, SaysInvalidArgumentForContentAndProtocolErrorForSyntax) {
  EXPECT_EQ(from_json<Everything>("{}").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(from_json<Everything>("{").error().code, ErrorCode::protocol_error);
}

TEST(Json, AsksForRequiredFieldsAndOnlyForThem) {
  EXPECT_EQ(fields_of("{}"), (Fields{{"/name", "is required"},
                                     {"/slug", "is required"},
                                     {"/id", "is required"},
                                     {"/role", "is required"},
                                     {"/nickname", "is required"},
                                     {"/phone", "is required"},
                                     {"/tags", "is required"},
                                     {"/scores", "is required"},
                                     {"/weights", "is required"},
                                     {"/metadata", "is required"},
                                     {"/action", "is required"},
                                     {"/waited", "is required"},
                                     {"/turns", "is required"},
                                     {"/created_at", "is required"}}));
}

TEST(Json, KeepsTheInitialiserOfAFieldThatIsLeftOutOrNull) {
  EXPECT_EQ(from_json<sample::Voice>("{}").value(), sample::Voice{});
  const auto voice = from_json<sample::Voice>(R"({"name":null,"speed":2})");
  ASSERT_TRUE(voice.has_value());
  EXPECT_EQ(voice->name.value(), "joe");
  EXPECT_EQ(voice->speed.value(), 2.0);
}

TEST(Json, TakesNullForAnOptionalFieldAsLeftOut) {
  const auto read = from_json<Everything>(with("deputy", "null"));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->deputy, std::nullopt);
  EXPECT_EQ(to_json(*read).find("deputy"), std::string::npos);
}

TEST(Json, RefusesWhatIsNoObject) {
  EXPECT_EQ(fields_of("[]"), (Fields{{"", "must be an object"}}));
  EXPECT_EQ(fields_of("null"), (Fields{{"", "must be an object"}}));
}

TEST(Json, RefusesNulWhereverItHides) {
  EXPECT_EQ(fields_of(with("name", R"("a\u0000b")")),
            (Fields{{"/name", "must not contain a NUL character"}}));
  EXPECT_EQ(fields_of(with("metadata", R"({"a":["\u0000"]})")),
            (Fields{{"/metadata", "must not contain a NUL character"}}));
  EXPECT_EQ(fields_of(with("metadata", R"({"a\u0000":1})")),
            (Fields{{"/metadata", "must not contain a NUL character"}}));
}

TEST(Json, RefusesAFreeObjectOverItsBytes) {
  const std::string text = R"({"k":")" + std::string(60, 'x') + R"("})";
  EXPECT_EQ(fields_of(with("metadata", text)),
            (Fields{{"/metadata", "must be an object of at most 64 bytes"}}));
}

TEST(Json, RefusesMapKeysThatAreEmptyOrLong) {
  const std::string long_key(121, 'k');
  const std::string cut = "/weights/" + std::string(80, 'k') + "…";
  EXPECT_EQ(fields_of(with("weights", R"({"":1,")" + long_key + R"(":1})")),
            (Fields{{"/weights/", "must have a name of 1 to 120 characters"},
                    {cut, "must have a name of 1 to 120 characters"}}));
}

TEST(Json, TakesAWholeNumberWithAFractionOfZeroAsAnInteger) {
  EXPECT_EQ(fields_of(with("turns", "3.0")), Fields{});
  EXPECT_EQ(fields_of(with("turns", "3e0")), Fields{});
  EXPECT_EQ(fields_of(with("waited", "1e300")), (Fields{{"/waited", "must be an integer"}}));
  EXPECT_EQ(fields_of(with("waited", "18446744073709551615")),
            (Fields{{"/waited", "must be an integer"}}));
}

TEST(Json, NamesAtMostAHundredFields) {
  std::string text = "{";
  for (int index = 0; index < 500; ++index)
    text += "\"x" + std::to_string(index) + "\":1,";
  text.back() = '}';
  EXPECT_EQ(fields_of(text).size(), 100U);
}

TEST(Json, IgnoresUnknownFieldsWhenToldSo) {
  constexpr std::string_view kText = R"({"name":"amy","colour":"blue"})";
  EXPECT_EQ(fields_of<sample::Voice>(kText), (Fields{{"/colour", "is not a known field"}}));
  EXPECT_TRUE(from_json<sample::Voice>(kText, UnknownFields::ignore).has_value());
}

TEST(Json, TellsAlternativesOfAVariantApartByType) {
  const auto read = from_json<Everything>(with("action", R"({"reason":"done","type":"hang_up"})"));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(std::get<sample::HangUp>(read->action).reason.value().value(), "done");
  EXPECT_EQ(fields_of(with("action", "{}")), (Fields{{"/action/type", "is required"}}));
  EXPECT_EQ(fields_of(with("action", R"({"type":"transfer"})")),
            (Fields{{"/action/target", "is required"}}));
}

TEST(Json, RequiresTheTypeOfATaggedStruct) {
  EXPECT_EQ(to_json(sample::Transfer{.target = "desk"}), R"({"type":"transfer","target":"desk"})");
  EXPECT_EQ(fields_of<sample::Transfer>(R"({"target":"desk"})"),
            (Fields{{"/type", "is required"}}));
  EXPECT_EQ(fields_of<sample::Transfer>(R"({"type":"hang_up","target":"desk"})"),
            (Fields{{"/type", "must be transfer"}}));
}

TEST(Json, WritesANumberThatIsNotFiniteAsNull) {
  auto read = from_json<Everything>(kWhole).value();
  read.weights = {{"x", std::numeric_limits<double>::infinity()}};
  EXPECT_NE(to_json(read).find(R"("weights":{"x":null})"), std::string::npos);
}

TEST(MergePatch, ReplacesMembersAndResetsThoseThatAreNull) {
  const auto before = from_json<Everything>(kWhole).value();
  const auto after =
      merge_patch(before, R"({"name":"Bob","voice":{"speed":null,"pause_ms":7},"deputy":null,)"
                          R"("metadata":{"k":null,"n":1},"nickname":"bo"})");
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->name.value(), "Bob");
  EXPECT_EQ(after->voice.name.value(), "amy");
  EXPECT_EQ(after->voice.speed.value(), 1.0);
  EXPECT_EQ(after->voice.pause_ms.value(), 7);
  EXPECT_EQ(after->deputy, std::nullopt);
  EXPECT_EQ(after->metadata.text(), R"({"n":1})");
  EXPECT_EQ(after->nickname.value->value(), "bo");
  EXPECT_EQ(after->slug, before.slug);
}

TEST(MergePatch, ValidatesTheWholeAgain) {
  const auto before = from_json<Everything>(kWhole).value();
  const auto after = merge_patch(before, R"({"name":null,"turns":"x","colour":1})");
  ASSERT_FALSE(after.has_value());
  EXPECT_EQ(after.error().fields, (Fields{{"/turns", "must be an integer from 0 to 4294967295"},
                                          {"/colour", "is not a known field"},
                                          {"/name", "is required"}}));
}

TEST(MergePatch, RefusesAPatchThatIsNoObject) {
  const auto after = merge_patch(sample::Voice{}, "[]");
  ASSERT_FALSE(after.has_value());
  EXPECT_EQ(after.error().fields, (Fields{{"", "must be an object"}}));
}

TEST(Query, ReadsScalarsAndRepeatedNames) {
  const std::vector<QueryParameter> parameters{
      {"limit", "50"}, {"role", "owner"}, {"archived", "true"}, {"role", "analyst"}};
  const auto query = from_query<sample::PageQuery>(parameters);
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->limit.value(), 50);
  EXPECT_EQ(query->archived, true);
  EXPECT_EQ(query->role, (std::vector{sample::Role::owner, sample::Role::analyst}));
  EXPECT_EQ(from_query<sample::PageQuery>({}).value().limit.value(), 20);
}

TEST(Query, NamesEveryWrongParameter) {
  const std::vector<QueryParameter> parameters{
      {"limit", "many"}, {"cursor", ""}, {"archived", "1"}, {"role", "king"}, {"page", "2"}};
  const auto query = from_query<sample::PageQuery>(parameters);
  ASSERT_FALSE(query.has_value());
  EXPECT_EQ(query.error().fields, (Fields{{"/limit", "must be an integer from 1 to 100"},
                                          {"/cursor", "must be a string of 1 to 200 characters"},
                                          {"/archived", "must be true or false"},
                                          {"/role/0", "must be one of owner, operator, analyst"},
                                          {"/page", "is not a known field"}}));
}

TEST(Query, RefusesAScalarGivenTwice) {
  const std::vector<QueryParameter> parameters{{"limit", "5"}, {"limit", "6"}};
  EXPECT_EQ(from_query<sample::PageQuery>(parameters).error().fields,
            (Fields{{"/limit", "must appear only once"}}));
}

}  // namespace
}  // namespace antiphon
