// The JSON of jobs, apart from the routes: each file compiles within its time.
#include "api/jobs/job_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(JobListQuery)
ANTIPHON_JSON_CODEC(JobOutput)
ANTIPHON_JSON_CODEC(JobList)

}  // namespace antiphon
