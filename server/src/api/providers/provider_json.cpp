#include "api/providers/provider_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(ProviderCheckInput)
ANTIPHON_JSON_CODEC(ProviderReport)

}  // namespace antiphon
