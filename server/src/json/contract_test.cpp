// JSON Schema and the OpenAPI document.
#include "json/contract_test_table.h"
#include "json/value.h"

#include <gtest/gtest.h>

namespace antiphon::json {
namespace {

using sample::Everything;

Value document() { return parse(openapi_json(pets())).value(); }

// Down the members of objects.
const Value& at(const Value& value, std::initializer_list<std::string_view> steps) {
  const Value* found = &value;
  for (const std::string_view step : steps) {
    found = found->find(step);
    EXPECT_NE(found, nullptr) << step;
  }
  return *found;
}

std::string keys_of(const Value& value) {
  std::string keys;
  for (const Member& member : *value.if_object())
    keys += member.key + " ";
  return keys;
}

TEST(ComponentName, DropsNamespacesAndPutsArgumentsFirst) {
  EXPECT_EQ(component_name("antiphon::Agent"), "Agent");
  EXPECT_EQ(component_name("antiphon::(anonymous namespace)::Agent"), "Agent");
  EXPECT_EQ(component_name("antiphon::Page<antiphon::Agent>"), "AgentPage");
  EXPECT_EQ(component_name("a::Pair<a::Page<a::B>, a::C>"), "BPageCPair");
}

TEST(Schema, DescribesEveryKindOfField) {
  EXPECT_EQ(schema_json(shape_of<Everything>(), Direction::output).substr(0, 62),
            R"({"$ref":"#/$defs/Everything","$defs":{"Everything":{"type":"ob)");
  const Value schema = parse(schema_json(shape_of<Everything>(), Direction::output)).value();
  const Value& fields = at(schema, {"$defs", "Everything", "properties"});
  const auto field = [&fields](std::string_view name) { return write(at(fields, {name})); };
  EXPECT_EQ(field("name"),
            R"({"type":"string","minLength":1,"maxLength":10,"description":"What people see."})");
  EXPECT_EQ(field("slug"), R"({"type":"string","minLength":1,"maxLength":20,)"
                           R"("description":"must be lower-case letters and dashes, at most 20"})");
  EXPECT_EQ(field("id"), R"({"type":"string","format":"uuid"})");
  EXPECT_EQ(field("enabled"), R"({"type":"boolean"})");
  EXPECT_EQ(field("role"), R"({"$ref":"#/$defs/Role"})");
  EXPECT_EQ(field("nickname"), R"({"type":["string","null"],"maxLength":20})");
  EXPECT_EQ(field("phone"), R"({"type":"string"})");
  EXPECT_EQ(field("tags"),
            R"({"type":"array","items":{"type":"string","minLength":1,"maxLength":8},)"
            R"("maxItems":3})");
  EXPECT_EQ(field("weights"),
            R"({"type":"object","additionalProperties":{"type":"number"},)"
            R"("propertyNames":{"minLength":1,"maxLength":120},"maxProperties":10000})");
  EXPECT_EQ(field("metadata"),
            R"({"type":"object","additionalProperties":true,"description":"At most 64 bytes."})");
  EXPECT_EQ(field("action"), R"({"oneOf":[{"$ref":"#/$defs/Transfer"},{"$ref":"#/$defs/HangUp"}],)"
                             R"("discriminator":{"propertyName":"type","mapping":)"
                             R"({"transfer":"#/$defs/Transfer","hang_up":"#/$defs/HangUp"}}})");
  EXPECT_EQ(field("waited"), R"({"type":"integer"})");
  EXPECT_EQ(field("turns"), R"({"type":"integer","minimum":0,"maximum":4294967295})");
  EXPECT_EQ(field("created_at"), R"({"type":"string","format":"date-time"})");
  EXPECT_EQ(write(at(schema, {"$defs", "Role"})),
            R"({"type":"string","enum":["owner","operator","analyst"]})");
}

TEST(Schema, AsksForWhatEachDirectionMustHold) {
  const auto voice = [](Direction direction) {
    const Value schema = parse(schema_json(shape_of<sample::Voice>(), direction)).value();
    return write(at(schema, {"$defs"}).if_object()->front().value);
  };
  EXPECT_EQ(voice(Direction::output),
            R"({"type":"object","properties":{"name":{"type":"string","minLength":1,)"
            R"("maxLength":64},"speed":{"type":"number","minimum":0.25,"maximum":4},)"
            R"("pause_ms":{"type":"integer","minimum":0,"maximum":5000}},)"
            R"("required":["name","speed","pause_ms"],"additionalProperties":false})");
  EXPECT_EQ(voice(Direction::input),
            R"({"type":"object","properties":{"name":{"type":["string","null"],"minLength":1,)"
            R"("maxLength":64,"default":"joe"},"speed":{"type":["number","null"],)"
            R"("minimum":0.25,"maximum":4,"default":1},"pause_ms":{"type":["integer","null"],)"
            R"("minimum":0,"maximum":5000,"default":200}},"additionalProperties":false})");
  EXPECT_EQ(voice(Direction::patch),
            R"({"type":"object","properties":{"name":{"type":["string","null"],"minLength":1,)"
            R"("maxLength":64},"speed":{"type":["number","null"],"minimum":0.25,"maximum":4},)"
            R"("pause_ms":{"type":["integer","null"],"minimum":0,"maximum":5000}},)"
            R"("additionalProperties":false})");
}

TEST(OpenApi, NamesAComponentForEachFaceOfAStruct) {
  EXPECT_EQ(
      keys_of(at(document(), {"components", "schemas"})),
      "FieldError HangUp Pet PetInput PetPage PetPatch Problem Role Transfer Voice VoiceInput "
      "VoicePatch ");
}

TEST(OpenApi, AddsTheProblemsEveryRouteOfItsKindMayAnswer) {
  const Value api = document();
  const auto statuses = [&api](std::string_view path, std::string_view method) {
    return keys_of(at(api, {"paths", path, method, "responses"}));
  };
  EXPECT_EQ(statuses("/api/pets", "get"), "200 401 403 422 429 default ");
  EXPECT_EQ(statuses("/api/pets/{id}", "put"), "200 400 401 403 404 412 413 415 422 429 default ");
  EXPECT_EQ(statuses("/api/pets/{id}", "delete"), "204 401 403 404 422 429 default ");
  EXPECT_EQ(statuses("/api/pets/{id}/speak", "post"), "200 400 404 413 415 422 default ");
}

TEST(OpenApi, SaysWhoMayAskAndHow) {
  const Value api = document();
  EXPECT_EQ(write(at(api, {"paths", "/api/pets", "get", "security"})),
            R"([{"bearer":["pets:read"]}])");
  EXPECT_EQ(write(at(api, {"paths", "/api/pets/{id}/speak", "post", "security"})), "[]");
  EXPECT_EQ(
      write(at(api, {"paths", "/api/pets", "get", "parameters"})),
      R"([{"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":100,)"
      R"("default":20}},{"name":"cursor","in":"query","schema":{"type":"string","minLength":1,)"
      R"("maxLength":200}},{"name":"archived","in":"query","schema":{"type":"boolean"}},)"
      R"({"name":"role","in":"query","schema":{"type":"array",)"
      R"("items":{"$ref":"#/components/schemas/Role"},"maxItems":10000}}])");
  EXPECT_EQ(write(at(api, {"paths", "/api/pets/{id}", "put", "parameters"})),
            R"([{"name":"id","in":"path","required":true,"schema":{"type":"string",)"
            R"("format":"uuid"}},{"name":"If-Match","in":"header","description":)"
            R"("The ETag that was read.","schema":{"type":"string"}}])");
}

TEST(OpenApi, DescribesBodiesInTheirMediaType) {
  const Value api = document();
  EXPECT_EQ(write(at(api, {"paths", "/api/pets/{id}", "patch", "requestBody", "content"})),
            R"({"application/merge-patch+json":{"schema":)"
            R"({"$ref":"#/components/schemas/PetPatch"}}})");
  EXPECT_EQ(write(at(api, {"paths", "/api/pets/{id}/speak", "post", "requestBody", "content"})),
            R"({"text/plain":{"schema":{"type":"string"}}})");
  EXPECT_EQ(keys_of(at(api, {"paths", "/api/pets/{id}/speak", "post", "responses", "200", "content",
                             "text/event-stream"})),
            "x-item-schema ");
  EXPECT_EQ(keys_of(at(api, {"paths", "/api/pets/{id}", "delete", "responses", "204"})),
            "description ");
}

TEST(OpenApiDeathTest, RefusesATableWithTwoOperationsOfOneName) {
  ApiDescription api = pets();
  api.operations[1].id = "pets.list";
  EXPECT_DEATH(
      { [[maybe_unused]] auto text = openapi_json(api); }, "two operations are called pets.list");
}

TEST(Events, AreDefinedByGroupAndByEvent) {
  const Value schema = parse(events_schema_json("Pet events", pet_events())).value();
  EXPECT_EQ(
      write(schema),
      R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Pet events",)"
      R"("anyOf":[{"$ref":"#/$defs/PetEvent"}],"$defs":{"PetEvent":{"oneOf":)"
      R"([{"$ref":"#/$defs/Transfer"},{"$ref":"#/$defs/HangUp"}],"discriminator":)"
      R"({"propertyName":"type","mapping":{"transfer":"#/$defs/Transfer",)"
      R"("hang_up":"#/$defs/HangUp"}},"description":"What a pet does."},)"
      R"("HangUp":{"type":"object","properties":{"type":{"type":"string","const":"hang_up"},)"
      R"("reason":{"type":"string","maxLength":100}},"required":["type"],)"
      R"("additionalProperties":false},)"
      R"("Transfer":{"type":"object","properties":{"type":{"type":"string","const":"transfer"},)"
      R"("target":{"type":"string","minLength":1,"maxLength":40}},)"
      R"("required":["type","target"],"additionalProperties":false}}})");
}

}  // namespace
}  // namespace antiphon::json
