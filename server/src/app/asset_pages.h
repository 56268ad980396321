// Serves what is built in: /try and its files, under a policy that lets nothing in from outside.
#pragma once

#include "api/router.h"

#include <string_view>

namespace antiphon {

void add_asset_pages(Router& router);

// The policy of every page of ours: nothing from outside, nothing inline.
[[nodiscard]] std::string_view page_policy();
// By the end of a path; application/octet-stream for what is not known.
[[nodiscard]] std::string_view media_type_of(std::string_view path);

}  // namespace antiphon
