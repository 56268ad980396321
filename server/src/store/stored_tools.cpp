// Tools as they are stored: a document each in PostgreSQL, a list in the log of a call.
#include "json/codec.h"
#include "json/json.h"
#include "store/stored_json.h"

#include <boost/describe/class.hpp>

namespace antiphon::store {

// What a call needs to know of a tool to be repeated.
struct ToolRow {
  std::string name;
  ToolConfiguration configuration;
};
BOOST_DESCRIBE_STRUCT(ToolRow, (), (name, configuration))

std::string write_tool(const ToolConfiguration& configuration) { return to_json(configuration); }

Result<ToolConfiguration> read_tool(std::string_view json) {
  auto tool = from_json<ToolConfiguration>(json, UnknownFields::ignore);
  if (tool) return tool;
  return failure(ErrorCode::corrupt, "the stored tool cannot be understood");
}

std::string write_tools(const std::vector<Tool>& tools) {
  std::vector<ToolRow> rows;
  for (const Tool& tool : tools)
    rows.push_back({tool.name, tool.configuration});
  return to_json(rows);
}

Result<std::vector<Tool>> read_tools(std::string_view json) {
  auto rows = from_json<std::vector<ToolRow>>(json, UnknownFields::ignore);
  if (!rows) return failure(ErrorCode::corrupt, "the stored tools cannot be understood");
  std::vector<Tool> tools;
  for (ToolRow& row : *rows) {
    Tool& tool = tools.emplace_back();
    tool.name = std::move(row.name);
    tool.configuration = std::move(row.configuration);
  }
  return tools;
}

}  // namespace antiphon::store

ANTIPHON_JSON_CODEC(antiphon::ToolConfiguration)
ANTIPHON_JSON_CODEC(std::vector<antiphon::store::ToolRow>)
