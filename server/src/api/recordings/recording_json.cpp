// The JSON of recordings, apart from the routes: each file compiles within its time.
#include "api/recordings/recording_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(RecordingOutput)
ANTIPHON_JSON_CODEC(PeaksQuery)
ANTIPHON_JSON_CODEC(PeaksOutput)

}  // namespace antiphon
