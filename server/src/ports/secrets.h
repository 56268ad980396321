// A secret of a workspace, opened by its name: how providers, tools and trunks come to theirs.
//
// Errors  not_found: no secret of that name and kind; corrupt: it does not open; unavailable: the
//         store is away, or the server has no master key.
// Thread  the API loop.
#pragma once

#include "core/result.h"
#include "core/sensitive.h"
#include "core/task.h"
#include "domain/principal.h"
#include "domain/secret.h"

#include <string>

namespace antiphon {

class SecretVault {
 public:
  virtual ~SecretVault() = default;
  virtual Task<Result<Sensitive<std::string>>> open(Principal principal, SecretKind kind,
                                                    std::string name) = 0;
};

}  // namespace antiphon
