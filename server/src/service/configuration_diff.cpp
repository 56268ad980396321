#include "service/configuration_diff.h"

#include "core/check.h"
#include "json/codec.h"
#include "json/value.h"

#include <algorithm>
#include <string>
#include <utility>

namespace antiphon {

ANTIPHON_JSON_CODEC(AgentConfiguration)

namespace {

using Changes = std::vector<VersionChange>;

std::optional<std::string> text_of(const json::Value* value) {
  return value != nullptr ? std::optional(json::write(*value)) : std::nullopt;
}

// Null: nothing is there.
void compare(const json::Value* before, const json::Value* after, const std::string& pointer,
             Changes& changes);

void compare_objects(const json::Value& before, const json::Value& after,
                     const std::string& pointer, Changes& changes) {
  for (const json::Member& member : *before.if_object()) {
    compare(&member.value, after.find(member.key), json::pointer_to(pointer, member.key), changes);
  }
  for (const json::Member& member : *after.if_object()) {
    if (before.find(member.key) != nullptr) continue;
    compare(nullptr, &member.value, json::pointer_to(pointer, member.key), changes);
  }
}

void compare_lists(const json::Array& before, const json::Array& after, const std::string& pointer,
                   Changes& changes) {
  for (std::size_t place = 0; place < std::max(before.size(), after.size()); ++place) {
    compare(place < before.size() ? &before[place] : nullptr,
            place < after.size() ? &after[place] : nullptr,
            json::pointer_to(pointer, std::to_string(place)), changes);
  }
}

void compare(const json::Value* before, const json::Value* after, const std::string& pointer,
             Changes& changes) {
  if (before != nullptr && after != nullptr) {
    if (*before == *after) return;
    if (before->if_object() != nullptr && after->if_object() != nullptr) {
      compare_objects(*before, *after, pointer, changes);
      return;
    }
    if (before->if_array() != nullptr && after->if_array() != nullptr) {
      compare_lists(*before->if_array(), *after->if_array(), pointer, changes);
      return;
    }
  }
  changes.push_back({pointer, text_of(before), text_of(after)});
}

json::Value value_of(const AgentConfiguration& configuration) {
  auto value = json::parse(to_json(configuration));
  CHECK(value, "what we write is JSON");
  return std::move(*value);
}

}  // namespace

std::vector<VersionChange> changes_between(const AgentConfiguration& before,
                                           const AgentConfiguration& after) {
  Changes changes;
  const json::Value was = value_of(before);
  const json::Value is = value_of(after);
  compare(&was, &is, "", changes);
  return changes;
}

}  // namespace antiphon
