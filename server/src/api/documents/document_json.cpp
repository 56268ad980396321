// The JSON of documents, apart from the routes: each file compiles within its time.
#include "api/documents/document_documents.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(DocumentInput)
ANTIPHON_JSON_CODEC(DocumentOutput)
ANTIPHON_JSON_CODEC(DocumentList)
ANTIPHON_JSON_CODEC(DocumentListQuery)
ANTIPHON_JSON_CODEC(QuestionInput)
ANTIPHON_JSON_CODEC(PassageList)

}  // namespace antiphon
