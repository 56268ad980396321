// The JSON of tools, apart from the routes: each file compiles within its time.
#include "api/tools/tool_documents.h"
#include "domain/tool_template.h"
#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(ToolPath)
ANTIPHON_JSON_CODEC(ToolInput)
ANTIPHON_JSON_CODEC(ToolOutput)
ANTIPHON_JSON_CODEC(ToolList)
ANTIPHON_JSON_CODEC(ToolListQuery)

// Two names are taken: what a language model calls to end a conversation.
Result<ToolName> ToolName::make(std::string text) {
  if (!is_tool_name(text) || text == "end_call" || text == "hand_over") {
    return failure(ErrorCode::invalid_argument, std::string(kRule), {{"", std::string(kRule)}});
  }
  ToolName name;
  name.value_ = std::move(text);
  return name;
}

}  // namespace antiphon
