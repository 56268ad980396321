#include "api/recordings/recording_routes.h"

#include "api/recordings/byte_range.h"
#include "api/recordings/recording_documents.h"
#include "service/wav.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kSound = "/api/conversations/{conversation}/recording";
constexpr std::string_view kWavMediaType = "audio/wav";
constexpr std::size_t kPart = 64 * 1'024;

std::string hex(const std::array<std::byte, 32>& bytes) {
  std::string text;
  for (const std::byte byte : bytes)
    text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

Headers sound_headers(const OpenedRecording& opened, std::string_view etag) {
  const std::string id = opened.recording.conversation.to_string();
  return {{"Content-Type", std::string(kWavMediaType)},
          {"Accept-Ranges", "bytes"},
          {"ETag", std::string(etag)},
          // It is somebody's voice: no shared cache keeps it, and a private one asks again.
          {"Cache-Control", "private, no-cache"},
          {"Content-Disposition", "inline; filename=\"" + id + ".wav\""},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"}};
}

Task<Result<>> send_parts(RecordingService& recordings, const OpenedRecording& opened,
                          ByteRange range, ResponseWriter& writer) {
  for (std::uint64_t at = range.first; at <= range.last;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kPart, range.last + 1 - at));
    const auto bytes = co_await recordings.read(opened, at, size);
    if (!bytes) co_return std::unexpected(bytes.error());
    auto written = co_await writer.write(*bytes);
    if (!written) co_return written;
    at += size;
  }
  co_return Result<>{};
}

Task<Result<>> listen(RecordingService& recordings, ApiCall call, ResponseWriter& writer) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto opened = co_await recordings.open(std::move(call.principal), ConversationId(*id));
  if (!opened) co_return std::unexpected(opened.error());
  const std::string etag = '"' + hex(opened->recording.sha256) + '"';
  if (!is_expected(call.request, etag)) {
    co_return failure(ErrorCode::conflict, "the recording is not the one you know");
  }
  Headers headers = sound_headers(*opened, etag);
  if (is_unchanged(call.request, etag)) co_return co_await writer.send({304, headers, {}});
  const std::uint64_t size = wav_size(opened->recording.sample_count);
  const RangePlan plan = plan_range(call.request, size, etag);
  if (plan.outcome == RangeOutcome::unsatisfiable) {
    Response response =
        make_problem(416, "range_not_satisfiable", "The recording ends before the range begins.");
    response.headers.set("Content-Range", fmt::format("bytes */{}", size));
    co_return co_await writer.send(std::move(response));
  }
  ByteRange range{0, size - 1};
  if (plan.outcome == RangeOutcome::part) {
    range = plan.range;
    headers.set("Content-Range", fmt::format("bytes {}-{}/{}", range.first, range.last, size));
  }
  headers.set("Content-Length", std::to_string(range.last - range.first + 1));
  auto started =
      co_await writer.start(plan.outcome == RangeOutcome::part ? 206 : 200, std::move(headers));
  if (!started || call.request.method == Method::head) co_return started;
  co_return co_await send_parts(recordings, *opened, range, writer);
}

Task<Result<Response>> describe(RecordingService& recordings, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto recording = co_await recordings.find(std::move(call.principal), ConversationId(*id));
  if (!recording) co_return std::unexpected(recording.error());
  RecordingOutput output;
  output.conversation = recording->conversation;
  output.started_at = recording->started_at;
  output.duration_ms = recording->duration().count();
  output.end = recording->end;
  output.byte_count = static_cast<std::int64_t>(recording->byte_count);
  output.sha256 = hex(recording->sha256);
  for (const RecordingPause& pause : recording->pauses)
    output.pauses.push_back({pause.began.count(), pause.ended.count()});
  output.lost_ms = recording->lost.count();
  output.corrected_ms = recording->corrected.count();
  co_return json_response(200, to_json(output));
}

std::vector<std::int32_t> flat(const std::vector<Peak>& peaks) {
  std::vector<std::int32_t> numbers;
  numbers.reserve(2 * peaks.size());
  for (const Peak& peak : peaks) {
    numbers.push_back(peak.low);
    numbers.push_back(peak.high);
  }
  return numbers;
}

Task<Result<Response>> draw(RecordingService& recordings, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto query = from_query<PeaksQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  PeaksQuestion question;
  question.points = static_cast<std::size_t>(query->points.value());
  question.from = Milliseconds(query->from_ms.value());
  if (query->to_ms) question.to = Milliseconds(query->to_ms->value());
  const auto peaks =
      co_await recordings.peaks(std::move(call.principal), ConversationId(*id), question);
  if (!peaks) co_return std::unexpected(peaks.error());
  co_return json_response(
      200, to_json(PeaksOutput{peaks->duration.count(), peaks->from.count(), peaks->to.count(),
                               flat(peaks->peaks.caller), flat(peaks->peaks.agent)}));
}

using Change = Task<Result<>> (RecordingService::*)(Principal, ConversationId);

AnswerHandler changing(RecordingService& recordings, Change change) {
  return [&recordings, change](ApiCall call) -> Task<Result<Response>> {
    const auto id = uuid_argument(call, 0);
    if (!id) co_return std::unexpected(id.error());
    const auto done = co_await (recordings.*change)(std::move(call.principal), ConversationId(*id));
    if (!done) co_return std::unexpected(done.error());
    co_return Response{.status = 204, .headers = {}, .body = {}};
  };
}

json::Operation operation(std::string_view method, std::string_view path, std::string_view id,
                          std::string_view summary, std::string_view scope) {
  return {.method = method,
          .path = path,
          .id = id,
          .summary = summary,
          .tag = "recordings",
          .scope = scope};
}

void add_sound(Router& router, RecordingService& recordings) {
  json::Operation listening = operation(
      "GET", kSound, "recordings.listen",
      "Listen to a conversation: the caller left, the agent right.", "conversations:read");
  listening.description =
      "A WAV file, 16 kHz. One byte range is served (`Range`, `If-Range`); HEAD tells the size.";
  listening.headers = {{"Range", "One range of bytes."},
                       {"If-Range", "The ETag that the range is of."},
                       {"If-None-Match", "304 when the ETag is still this."}};
  listening.responses = {{.description = "The whole recording.",
                          .media_type = kWavMediaType,
                          .headers = {{"ETag", "Of the sound."}, {"Accept-Ranges", "bytes"}}},
                         {.status = 206,
                          .description = "The range.",
                          .media_type = kWavMediaType,
                          .headers = {{"Content-Range", "Which bytes of how many."}}},
                         {.status = 304, .description = "Unchanged."},
                         {.status = 416,
                          .description = "The recording ends before the range begins.",
                          .headers = {{"Content-Range", "How many bytes there are."}}}};
  listening.errors = {ErrorCode::conflict};
  router.add({.operation = std::move(listening),
              .stream = [&recordings](ApiCall call, ResponseWriter& writer) {
                return listen(recordings, std::move(call), writer);
              }});
}

}  // namespace

void add_recording_routes(Router& router, RecordingService& recordings) {
  add_sound(router, recordings);

  json::Operation reading =
      operation("GET", "/api/conversations/{conversation}/recording/details", "recordings.get",
                "What is known of a recording.", "conversations:read");
  reading.responses = {{.description = "The recording.", .shape = &shape_of<RecordingOutput>()}};
  router.add({.operation = std::move(reading), .answer = [&recordings](ApiCall call) {
                return describe(recordings, std::move(call));
              }});

  json::Operation drawing =
      operation("GET", "/api/conversations/{conversation}/recording/peaks", "recordings.peaks",
                "The outline of the sound, for drawing it.", "conversations:read");
  drawing.query = &shape_of<PeaksQuery>();
  drawing.responses = {{.description = "Both channels.", .shape = &shape_of<PeaksOutput>()}};
  router.add({.operation = std::move(drawing),
              .answer = [&recordings](ApiCall call) { return draw(recordings, std::move(call)); }});

  const auto add_change = [&](std::string_view path, std::string_view id, std::string_view summary,
                              std::string_view description, Change change) {
    json::Operation changed = operation("POST", path, id, summary, "conversations:write");
    changed.description = description;
    changed.responses = {{.status = 204, .description = "Done."}};
    changed.errors = {ErrorCode::wrong_state};
    router.add({.operation = std::move(changed), .answer = changing(recordings, change)});
  };
  add_change("/api/conversations/{conversation}/recording/pause", "recordings.pause",
             "Keep what is said from now on out of the recording.",
             "Both channels are silence until it is resumed, as while a card number is read out.",
             &RecordingService::pause);
  add_change("/api/conversations/{conversation}/recording/resume", "recordings.resume",
             "Go on recording.",
             "Takes effect 300 ms later: what was on its way stays out as well.",
             &RecordingService::resume);
}

}  // namespace antiphon
