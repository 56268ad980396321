// The JSON of the probes.
#include "api/system/system_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(ReadinessOutput)
ANTIPHON_JSON_CODEC(HealthOutput)

}  // namespace antiphon
