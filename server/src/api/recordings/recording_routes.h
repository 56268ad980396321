// /api/conversations/{conversation}/recording: the sound, what is known of it, its drawing, and the
// pause.
#pragma once

#include "api/router.h"
#include "service/recording_service.h"

namespace antiphon {

// `recordings` outlives the router.
void add_recording_routes(Router& router, RecordingService& recordings);

}  // namespace antiphon
