// Serves what is built in: /try and its files, under a policy that lets nothing in from outside.
#pragma once

#include "api/router.h"

namespace antiphon {

void add_asset_pages(Router& router);

}  // namespace antiphon
