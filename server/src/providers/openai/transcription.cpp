#include "providers/openai/transcription.h"

#include "json/value.h"
#include "providers/openai/openai_recognizer.h"

#include <utility>

namespace antiphon::openai {

namespace {

// No audio holds it by chance, and names and models have no reason to.
constexpr std::string_view kBoundary = "antiphon-7Qk2vXw9LrTz4mBn";
constexpr std::size_t kTextMax = 64 * 1024;

void append_little_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int at = 0; at < bytes; ++at)
    out += static_cast<char>(value >> (8 * at) & 0xFF);
}

// RIFF, PCM, 16 kHz, one channel, 16 bits.
std::string wav_of(const std::vector<Sample>& audio) {
  const std::size_t size = audio.size() * sizeof(Sample);
  const std::uint64_t rate = kEngineRate.value();
  std::string file = "RIFF";
  append_little_endian(file, size + 36, 4);
  file += "WAVEfmt ";
  append_little_endian(file, 16, 4);
  append_little_endian(file, 1, 2);
  append_little_endian(file, 1, 2);
  append_little_endian(file, rate, 4);
  append_little_endian(file, rate * sizeof(Sample), 4);
  append_little_endian(file, sizeof(Sample), 2);
  append_little_endian(file, 16, 2);
  file += "data";
  append_little_endian(file, size, 4);
  for (const Sample sample : audio)
    append_little_endian(file, static_cast<std::uint16_t>(sample), 2);
  return file;
}

std::string form_of(const Upload& upload) {
  std::string form;
  const auto field = [&form](std::string_view name, std::string_view value,
                             std::string_view more = {}) {
    form += "--";
    form += kBoundary;
    form += "\r\nContent-Disposition: form-data; name=\"";
    form += name;
    form += '"';
    form += more;
    form += "\r\n\r\n";
    form += value;
    form += "\r\n";
  };
  const std::string& model = upload.options.account.model;
  field("model", model);
  const std::string& language = upload.options.language;
  field("language", std::string_view(language).substr(0, language.find('-')));
  field("response_format", "json");
  if (model.starts_with("gpt-")) field("stream", "true");
  field("file", wav_of(upload.audio), "; filename=\"speech.wav\"\r\nContent-Type: audio/wav");
  form += "--";
  form += kBoundary;
  form += "--\r\n";
  return form;
}

const std::string* text_at(const json::Value& value, std::string_view key) {
  const json::Value* found = value.find(key);
  return found == nullptr ? nullptr : found->if_text();
}

std::unexpected<Error> strange() {
  return failure(ErrorCode::protocol_error, "the provider's transcript cannot be understood");
}

class Transcribing {
 public:
  Transcribing(const Parts& parts, Upload upload, FarOutlet<Heard> out)
      : parts_(parts),
        upload_(std::move(upload)),
        out_(std::move(out)),
        until_(parts.clock.now() + OpenAiRecognizer::kPatience) {}

  Task<Result<>> run() {
    const ProviderAccount& account = upload_.options.account;
    auto request = co_await make_request(parts_, account, "/audio/transcriptions",
                                         "multipart/form-data; boundary=" + std::string(kBoundary),
                                         form_of(upload_));
    if (!request) co_return std::unexpected(std::move(request.error()));
    request->headers.add("Accept", "application/json, text/event-stream");
    auto events = co_await with_deadline(
        parts_.clock, until_, parts_.client.open_events(std::move(*request), parts_.policy));
    if (!events) co_return std::unexpected(explained(std::move(events.error())));
    if (events->is_stream()) co_return co_await read_events(*events);
    auto body = co_await with_deadline(parts_.clock, until_, events->rest());
    const Response& head = events->response();
    if (head.status >= 400) {
      co_return std::unexpected(refusal(parts_, account, head, body ? *body : std::string()));
    }
    if (!body) co_return std::unexpected(broken(std::move(body.error())));
    const auto parsed = json::parse(*body);
    const std::string* text = parsed ? text_at(*parsed, "text") : nullptr;
    if (text == nullptr) co_return std::unexpected(not_such_a_server(head));
    co_return co_await give(*text, true);
  }

 private:
  static Error broken(Error error) {
    return error.code == ErrorCode::unavailable ? cut_off() : explained(std::move(error));
  }

  Task<Result<>> read_events(OutboundEvents& events) {
    std::string text;
    while (true) {
      auto event = co_await with_deadline(parts_.clock, until_, events.next());
      if (!event && event.error().code == ErrorCode::closed) {
        co_return std::unexpected(cut_off());
      }
      if (!event) co_return std::unexpected(broken(std::move(event.error())));
      const auto parsed = json::parse(event->data);
      const std::string* type = parsed ? text_at(*parsed, "type") : nullptr;
      if (type == nullptr) co_return strange();
      if (*type == "transcript.text.done") {
        const std::string* whole = text_at(*parsed, "text");
        co_return co_await give(whole == nullptr ? text : *whole, true);
      }
      const std::string* delta = text_at(*parsed, "delta");
      if (*type != "transcript.text.delta" || delta == nullptr) continue;
      text += *delta;
      if (auto given = co_await give(text, false); !given) co_return given;
    }
  }

  Task<Result<>> give(std::string text, bool is_final) {
    if (text.size() > kTextMax) co_return strange();
    const auto first = text.find_first_not_of(" \t\r\n");
    text.erase(0, first == std::string::npos ? text.size() : first);
    if (is_final) text.erase(text.find_last_not_of(" \t\r\n") + 1);
    if (!co_await out_.give(Heard{std::move(text), is_final})) {
      co_return failure(ErrorCode::cancelled, "nobody waits for the text");
    }
    co_return Result<>{};
  }

  const Parts& parts_;
  Upload upload_;
  FarOutlet<Heard> out_;
  Timepoint until_;
};

}  // namespace

Task<> transcribe(const Parts& parts, Upload upload, FarOutlet<Heard> out) {
  Transcribing transcribing(parts, std::move(upload), out);
  auto ended = co_await transcribing.run();
  if (ended || ended.error().code == ErrorCode::cancelled) co_return;
  const bool given = co_await out.give(std::unexpected(std::move(ended.error())));
  static_cast<void>(given);
}

}  // namespace antiphon::openai
