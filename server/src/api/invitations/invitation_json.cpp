// The JSON of invitations, apart from the routes: each file compiles within its time.
#include "api/invitations/invitation_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(InvitationInput)
ANTIPHON_JSON_CODEC(NewInvitationOutput)
ANTIPHON_JSON_CODEC(InvitationList)
ANTIPHON_JSON_CODEC(AcceptanceInput)
ANTIPHON_JSON_CODEC(AcceptanceOutput)

}  // namespace antiphon
