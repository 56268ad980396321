// The query of a list that is read page by page.
#pragma once

#include "core/bounded.h"
#include "ports/stores.h"

#include <boost/describe/class.hpp>

#include <string_view>

namespace antiphon {

struct PageQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"cursor", "next_cursor of the page before."}};
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (limit, cursor))

[[nodiscard]] inline PageRequest page_of(const PageQuery& query) {
  return {static_cast<std::size_t>(query.limit.value()), query.cursor.value()};
}

}  // namespace antiphon
