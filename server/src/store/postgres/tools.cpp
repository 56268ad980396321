#include "store/postgres/tools.h"

#include "store/postgres/rows.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

#define TOOL_COLUMNS                                                   \
  "id, workspace_id, name, configuration, revision, " ANTIPHON_MICROS( \
      "created_at") ", " ANTIPHON_MICROS("updated_at")

Result<Tool> read_tool_row(const Rows& rows, std::size_t row) {
  auto configuration = read_tool(rows.view(row, 3));
  if (!configuration) return std::unexpected(std::move(configuration.error()));
  Tool tool;
  tool.id = ToolId(rows.uuid(row, 0));
  tool.workspace = WorkspaceId(rows.uuid(row, 1));
  tool.name = rows.string(row, 2);
  tool.configuration = std::move(*configuration);
  tool.revision = rows.number(row, 4);
  tool.created_at = rows.time(row, 5);
  tool.updated_at = rows.time(row, 6);
  return tool;
}

class PostgresTools final : public ToolStore {
 public:
  explicit PostgresTools(Pool& pool) : pool_(pool) {}

  Task<Result<Tool>> put(Principal principal, Tool tool) override {
    auto rows = co_await write(
        pool_, std::move(principal),
        {"insert into public.tools (id, workspace_id, name, configuration)"
         " values ($1::uuid, $2::uuid, $3, $4::jsonb)"
         " on conflict (workspace_id, name) do update set configuration = excluded.configuration"
         " where tools.id = excluded.id and tools.revision = $5::integer returning " TOOL_COLUMNS,
         {text(tool.id), text(tool.workspace), text(storable(tool.name)),
          text(write_tool(tool.configuration)), integer(tool.revision)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) {
      co_return failure(ErrorCode::conflict, "the tool changed just now; try again");
    }
    co_return read_tool_row(*rows, 0);
  }

  Task<Result<Tool>> find(Principal principal, std::string name) override {
    auto rows =
        co_await read(pool_, std::move(principal),
                      {"select " TOOL_COLUMNS " from public.tools"
                       " where workspace_id = (select public.current_workspace_id()) and name = $1",
                       {text(storable(name))}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("tool");
    co_return read_tool_row(*rows, 0);
  }

  Task<Result<Page<Tool>>> list(Principal principal, PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [cursor_time, cursor_id] = cursor_parameters(*start);
    auto rows = co_await read(pool_, std::move(principal),
                              {"select " TOOL_COLUMNS " from public.tools"
                               " where workspace_id = (select public.current_workspace_id())"
                               " and ($1::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
                                   "$1") ", $2::uuid))"
                                         " order by created_at desc, id desc limit $3::bigint",
                               {std::move(cursor_time), std::move(cursor_id),
                                integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return to_page<Tool>(*rows, page.limit, read_tool_row,
                            [](const Tool& tool) { return tool.created_at; });
  }

  Task<Result<>> remove(Principal principal, std::string name) override {
    auto rows = co_await write(
        pool_, std::move(principal),
        {"delete from public.tools"
         " where workspace_id = (select public.current_workspace_id()) and name = $1",
         {text(storable(name))}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("tool");
    co_return Result<>{};
  }

  Task<Result<std::vector<Tool>>> named(Principal principal,
                                        std::vector<std::string> names) override {
    std::string list = "[";
    for (const std::string& name : names) {
      if (list.size() > 1) list += ',';
      append_json_string(list, storable(name));
    }
    list += ']';
    auto rows = co_await read(pool_, std::move(principal),
                              {"select " TOOL_COLUMNS " from public.tools"
                               " where workspace_id = (select public.current_workspace_id())"
                               " and name in (select jsonb_array_elements_text($1::jsonb))",
                               {text(list)}});
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<Tool> tools;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      auto tool = read_tool_row(*rows, row);
      if (!tool) co_return std::unexpected(std::move(tool.error()));
      tools.push_back(std::move(*tool));
    }
    co_return tools;
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<ToolStore> make_postgres_tools(Pool& pool) {
  return std::make_unique<PostgresTools>(pool);
}

}  // namespace antiphon::store
