// Any bytes: no crash, and what is accepted is a fixed point: written, read and written again it is
// the same text. A refusal names at least one field and at most kIssuesMax.
#include "json/codec.h"
#include "json/json_test_types.h"
#include "json/value.h"

#include <span>

namespace {

using antiphon::sample::Everything;

void check_refusal(const antiphon::Error& error) {
  CHECK(!error.fields.empty() && error.fields.size() <= antiphon::json::kIssuesMax,
        "a refusal names what is wrong");
  for (const antiphon::FieldError& field : error.fields) {
    CHECK(field.pointer.empty() || field.pointer.front() == '/', "a pointer starts at the top");
    CHECK(!field.message.empty(), "a refusal says why");
  }
}

void check_struct(std::string_view text) {
  const auto read = antiphon::from_json<Everything>(text);
  if (!read) return check_refusal(read.error());
  const std::string written = antiphon::to_json(*read);
  const auto again = antiphon::from_json<Everything>(written);
  CHECK(again.has_value(), "what was written is accepted");
  CHECK(*again == *read, "reading back gives the same value");
  CHECK(antiphon::to_json(*again) == written, "writing again gives the same text");
  const auto patched = antiphon::merge_patch(*read, "{}");
  CHECK(patched.has_value() && *patched == *read, "an empty patch changes nothing");
}

void check_value(std::string_view text) {
  auto value = antiphon::json::parse(text);
  if (!value) return check_refusal(value.error());
  const std::string written = antiphon::json::write(*value);
  const auto again = antiphon::json::parse(written);
  CHECK(again.has_value(), "what was written is JSON");
  CHECK(antiphon::json::write(*again) == written, "writing again gives the same text");
  CHECK(antiphon::json::parse(antiphon::json::write_pretty(*value)).has_value(),
        "an indented document is JSON");
  const auto patched = antiphon::merge_patch(antiphon::sample::Voice{}, text);
  if (!patched) check_refusal(patched.error());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  check_struct(text);
  check_value(text);
  return 0;
}
