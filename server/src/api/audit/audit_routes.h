// /api/audit: who changed what, page by page, as a whole, and whether the chain holds.
#pragma once

#include "api/router.h"
#include "service/audit_service.h"

namespace antiphon {

// `audit` outlives the router.
void add_audit_routes(Router& router, AuditService& audit);

}  // namespace antiphon
