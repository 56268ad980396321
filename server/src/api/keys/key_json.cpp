// The JSON of keys, apart from the routes: each file compiles within its time.
#include "api/keys/key_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(KeyInput)
ANTIPHON_JSON_CODEC(KeyChange)
ANTIPHON_JSON_CODEC(KeyOutput)
ANTIPHON_JSON_CODEC(NewKeyOutput)
ANTIPHON_JSON_CODEC(KeyList)

}  // namespace antiphon
