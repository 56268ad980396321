// The JSON of usage, quotas and prices, apart from the routes: each file compiles within its time.
#include "api/usage/usage_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(UsageQuery)
ANTIPHON_JSON_CODEC(UsageAnswer)
ANTIPHON_JSON_CODEC(QuotasInput)
ANTIPHON_JSON_CODEC(QuotasOutput)
ANTIPHON_JSON_CODEC(PriceList)

}  // namespace antiphon
