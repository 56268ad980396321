#include "providers/openai/openai_synthesizer.h"

#include "json/value.h"
#include "providers/openai/pcm_reader.h"

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

using Sound = std::vector<Sample>;
using Outlet = FarOutlet<Sound>;

std::string speech_request(const SynthesisRequest& request) {
  json::Object body{{"model", request.account.model},
                    {"voice", request.voice},
                    {"input", request.text},
                    {"response_format", "pcm"}};
  if (request.speed != 1.0) body.push_back({"speed", request.speed});
  return json::write(json::Value(std::move(body)));
}

// A server that has no `pcm` answers with a file; a wrong address with a page.
bool is_sound(const Response& head) {
  const auto type = head.headers.find("Content-Type").value_or("");
  return head.status == 200 && !type.starts_with("text/") && !type.starts_with("application/json");
}

Task<Result<>> say(const openai::Parts& parts, const SynthesisRequest& request, Outlet& out) {
  const Timepoint first_by = parts.clock.now() + OpenAiSynthesizer::kPatience;
  auto wanted = co_await openai::make_request(parts, request.account, "/audio/speech",
                                              "application/json", speech_request(request));
  if (!wanted) co_return std::unexpected(std::move(wanted.error()));
  auto stream = co_await with_deadline(parts.clock, first_by,
                                       parts.client.open(std::move(*wanted), parts.policy));
  if (!stream) co_return std::unexpected(openai::explained(std::move(stream.error())));
  const Response& head = stream->response();
  if (head.status >= 400) {
    auto body = co_await with_deadline(parts.clock, first_by, stream->read());
    co_return std::unexpected(
        openai::refusal(parts, request.account, head, body ? *body : std::string()));
  }
  if (!is_sound(head)) co_return std::unexpected(openai::not_such_a_server(head));
  openai::PcmReader reader;
  bool has_sound = false;
  while (true) {
    const Timepoint until = has_sound ? parts.clock.now() + OpenAiSynthesizer::kBetween : first_by;
    auto part = co_await with_deadline(parts.clock, until, stream->read());
    if (!part && part.error().code == ErrorCode::unavailable) {
      co_return std::unexpected(openai::cut_off());
    }
    if (!part) co_return std::unexpected(openai::explained(std::move(part.error())));
    if (!has_sound && part->starts_with("RIFF")) {
      co_return failure(ErrorCode::protocol_error,
                        "the provider sent a file instead of the raw samples that were asked for");
    }
    const bool is_end = part->empty();
    Sound sound = is_end ? reader.finish() : reader.take(*part);
    if (is_end && !has_sound) {
      co_return failure(ErrorCode::unavailable, "the provider's voice said nothing");
    }
    has_sound = true;
    if (!sound.empty() && !co_await out.give(std::move(sound))) {
      co_return failure(ErrorCode::cancelled, "nobody listens");
    }
    if (is_end) co_return Result<>{};
  }
}

Task<> speak(const openai::Parts& parts, SynthesisRequest request, Outlet out) {
  auto ended = co_await say(parts, request, out);
  if (ended || ended.error().code == ErrorCode::cancelled) co_return;
  const bool given = co_await out.give(std::unexpected(std::move(ended.error())));
  static_cast<void>(given);
}

class OpenAiSpeech final : public SynthesisStream {
 public:
  OpenAiSpeech(const openai::Parts& parts, SynthesisRequest request)
      : stream_(parts.loop, [&parts, request = std::move(request)](Outlet out) {
          return speak(parts, request, std::move(out));
        }) {}

  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    auto sound = co_await stream_.next();
    if (sound) co_return SynthesizedChunk{std::move(*sound), {}};
    if (sound.error().code == ErrorCode::closed) co_return std::optional<SynthesizedChunk>();
    co_return std::unexpected(std::move(sound.error()));
  }

 private:
  FarStream<Sound> stream_;
};

class TooLong final : public SynthesisStream {
  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    co_return failure(ErrorCode::invalid_argument, "a clause holds at most 1,000 bytes");
  }
};

}  // namespace

std::unique_ptr<SynthesisStream> OpenAiSynthesizer::synthesize(SynthesisRequest request) {
  if (request.text.size() > kTextMax) return std::make_unique<TooLong>();
  return std::make_unique<OpenAiSpeech>(parts_, std::move(request));
}

Task<Result<>> OpenAiSynthesizer::prepare(std::vector<SynthesisRequest>) { co_return Result<>{}; }

}  // namespace antiphon
