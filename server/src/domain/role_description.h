// The names of the roles for the JSON contract, apart from the role itself, which every file knows.
#pragma once

#include "domain/principal.h"

#include <boost/describe/enum.hpp>

namespace antiphon {

BOOST_DESCRIBE_ENUM(Role, owner, admin, developer, operator_, analyst)

}  // namespace antiphon
