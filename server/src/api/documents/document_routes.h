// /api/agents/{agent}/documents: what the agent knows.
#pragma once

#include "api/router.h"
#include "service/knowledge_service.h"

namespace antiphon {

// `knowledge` outlives the router.
void add_document_routes(Router& router, KnowledgeService& knowledge);

}  // namespace antiphon
