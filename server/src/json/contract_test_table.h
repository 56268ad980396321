// A small table of routes and events, from which the tests make every document.
#pragma once

#include "json/codec.h"
#include "json/json_test_types.h"
#include "json/openapi.h"
#include "json/schema.h"

#include <variant>
#include <vector>

namespace antiphon::json {

struct Pet {
  static constexpr std::string_view kOptionalFields[] = {"voice"};
  static constexpr FieldNote kNotes[] = {{"", "An animal that speaks."},
                                         {"name", "What it listens to."}};
  Uuid id;
  Text<1, 40> name;
  sample::Voice voice;
  std::optional<sample::Role> role;
};
BOOST_DESCRIBE_STRUCT(Pet, (), (id, name, voice, role))

inline ApiDescription pets() {
  return {.title = "Pets",
          .version = "1",
          .description = "A test.",
          .tags = {{"pets", "Animals."}},
          .operations = {
              {.method = "GET",
               .path = "/api/pets",
               .id = "pets.list",
               .summary = "List pets.",
               .tag = "pets",
               .scope = "pets:read",
               .query = &shape_of<sample::PageQuery>(),
               .responses = {{.description = "A page.", .shape = &shape_of<sample::Page<Pet>>()}}},
              {.method = "PUT",
               .path = "/api/pets/{id}",
               .id = "pets.put",
               .summary = "Replace a pet.",
               .tag = "pets",
               .scope = "pets:write",
               .headers = {{"If-Match", "The ETag that was read."}},
               .request = {.shape = &shape_of<Pet>()},
               .responses = {{.description = "The pet.",
                              .shape = &shape_of<Pet>(),
                              .headers = {{"ETag", "Its revision."}}}},
               .errors = {ErrorCode::conflict}},
              {.method = "PATCH",
               .path = "/api/pets/{id}",
               .id = "pets.patch",
               .summary = "Change a pet.",
               .tag = "pets",
               .scope = "pets:write",
               .request = {.shape = &shape_of<Pet>(), .media_type = kMergePatchMediaType},
               .responses = {{.description = "The pet.", .shape = &shape_of<Pet>()}}},
              {.method = "POST",
               .path = "/api/pets/{id}/speak",
               .id = "pets.speak",
               .summary = "Let it speak.",
               .tag = "pets",
               .request = {.media_type = "text/plain"},
               .responses = {{.description = "Its words.",
                              .shape = &shape_of<std::variant<sample::Transfer, sample::HangUp>>(),
                              .media_type = kEventStreamMediaType}}},
              {.method = "DELETE",
               .path = "/api/pets/{id}",
               .id = "pets.delete",
               .summary = "Let it go.",
               .tag = "pets",
               .scope = "pets:write",
               .responses = {{.status = 204, .description = "It is gone."}}}}};
}

inline std::vector<EventGroup> pet_events() {
  return {{.name = "PetEvent",
           .description = "What a pet does.",
           .shape = &shape_of<std::variant<sample::Transfer, sample::HangUp>>()}};
}

}  // namespace antiphon::json
