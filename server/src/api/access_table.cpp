#include "api/access_table.h"

namespace antiphon {

bool role_holds(Role role, std::string_view scope) {
  if (scope.ends_with(":read")) return true;
  switch (role) {
    case Role::owner:
    case Role::admin:
    case Role::developer:
      return true;
    case Role::operator_:
      return scope == "conversations:write";
    case Role::analyst:
      return false;
  }
  return false;
}

}  // namespace antiphon
