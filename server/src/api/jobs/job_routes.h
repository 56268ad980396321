// /api/jobs: what is done in the background, and what failed there.
#pragma once

#include "api/router.h"
#include "ports/job_store.h"

namespace antiphon {

// `jobs` outlives the router.
void add_job_routes(Router& router, JobStore& jobs);

}  // namespace antiphon
