#include "api/page_query.h"

#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(PageQuery)

}  // namespace antiphon
