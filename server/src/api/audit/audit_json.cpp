// The JSON of the audit log, apart from the routes: each file compiles within its time.
#include "api/audit/audit_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(AuditQuery)
ANTIPHON_JSON_CODEC(AuditEntryOutput)
ANTIPHON_JSON_CODEC(AuditList)
ANTIPHON_JSON_CODEC(AuditVerdictOutput)

}  // namespace antiphon
