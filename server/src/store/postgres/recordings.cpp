#include "crypto/hash.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <algorithm>
#include <span>

namespace antiphon::store {

namespace {

Result<Recording> read_recording(const Rows& rows, std::size_t row) {
  Recording recording;
  recording.workspace = WorkspaceId(rows.uuid(row, 0));
  recording.conversation = ConversationId(rows.uuid(row, 1));
  recording.started_at = rows.time(row, 2);
  recording.end = from_database<RecordingEnd>(rows.view(row, 3));
  recording.sample_count = static_cast<std::uint64_t>(rows.number(row, 4));
  recording.byte_count = static_cast<std::uint64_t>(rows.number(row, 5));
  const auto hash = sha256_from_hex(rows.view(row, 6));
  if (!hash) return failure(ErrorCode::corrupt, "the hash of a recording is not one");
  recording.sha256 = *hash;
  auto pauses = read_pauses(rows.view(row, 7));
  if (!pauses) return std::unexpected(std::move(pauses.error()));
  recording.pauses = std::move(*pauses);
  recording.lost = Milliseconds(rows.number(row, 8));
  recording.corrected = Milliseconds(rows.number(row, 9));
  return recording;
}

class PostgresRecordings final : public RecordingStore {
 public:
  explicit PostgresRecordings(Pool& pool) : pool_(pool) {}

  // The conversation's row says whether there is still something to keep a recording of.
  Task<Result<>> put(Principal principal, Recording recording) override {
    const std::string_view hash(reinterpret_cast<const char*>(recording.sha256.data()),
                                recording.sha256.size());
    auto rows = co_await write(
        pool_, std::move(principal),
        {"insert into public.recordings (workspace_id, conversation_id, started_at, end_reason,"
         " sample_count, byte_count, sha256, pauses, lost_ms, corrected_ms)"
         " select c.workspace_id, c.id, " ANTIPHON_TIME(
             "$2") ", $3, $4::bigint, $5::bigint,"
                   " $6::bytea, $7::jsonb, $8::bigint, $9::bigint"
                   " from public.conversations c where c.id = $1::uuid"
                   " on conflict (workspace_id, conversation_id) do update set"
                   " started_at = excluded.started_at, end_reason = excluded.end_reason,"
                   " sample_count = excluded.sample_count, byte_count = excluded.byte_count,"
                   " sha256 = excluded.sha256, pauses = excluded.pauses,"
                   " lost_ms = excluded.lost_ms, corrected_ms = excluded.corrected_ms",
         {text(recording.conversation), timestamp(recording.started_at),
          text(name_in_database(recording.end)),
          integer(static_cast<std::int64_t>(recording.sample_count)),
          integer(static_cast<std::int64_t>(recording.byte_count)), bytes(hash),
          text(write_pauses(recording.pauses)), integer(recording.lost.count()),
          integer(recording.corrected.count())}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("conversation");
    co_return Result<>{};
  }

  Task<Result<Recording>> find(Principal principal, ConversationId id) override {
    auto rows = co_await read(
        pool_, std::move(principal),
        {"select workspace_id, conversation_id, " ANTIPHON_MICROS(
             "started_at") ", end_reason, sample_count, byte_count, encode(sha256, 'hex'), pauses,"
                           " lost_ms, corrected_ms from public.recordings"
                           " where workspace_id = (select public.current_workspace_id())"
                           " and conversation_id = $1::uuid",
         {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("recording");
    co_return read_recording(*rows, 0);
  }

  Task<Result<>> remove(Principal principal, ConversationId id) override {
    auto rows = co_await write(pool_, std::move(principal),
                               {"delete from public.recordings"
                                " where workspace_id = (select public.current_workspace_id())"
                                " and conversation_id = $1::uuid",
                                {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("recording");
    co_return Result<>{};
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<RecordingStore> make_postgres_recordings(Pool& pool) {
  return std::make_unique<PostgresRecordings>(pool);
}

}  // namespace antiphon::store
