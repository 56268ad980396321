// The JSON of versions, apart from the routes: each file compiles within its time.
#include "api/agents/version_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(VersionPath)
ANTIPHON_JSON_CODEC(PublishInput)
ANTIPHON_JSON_CODEC(RollbackInput)
ANTIPHON_JSON_CODEC(PublicationOutput)
ANTIPHON_JSON_CODEC(CanaryInput)
ANTIPHON_JSON_CODEC(CanaryOutput)
ANTIPHON_JSON_CODEC(VersionListOutput)
ANTIPHON_JSON_CODEC(VersionListQuery)
ANTIPHON_JSON_CODEC(VersionDetail)
ANTIPHON_JSON_CODEC(VersionDiffQuery)
ANTIPHON_JSON_CODEC(VersionDiffOutput)

}  // namespace antiphon
