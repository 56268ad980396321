#include "providers/openai/openai_model.h"

#include "providers/openai/chat_request.h"
#include "providers/openai/chat_stream.h"

#include <utility>

namespace antiphon {

namespace {

using openai::ChatReader;
using Outlet = FarOutlet<ReplyChunk>;

// One answer, on the providers' loop.
class Asking {
 public:
  Asking(const openai::Parts& parts, ReplyRequest request, Outlet out)
      : parts_(parts),
        request_(std::move(request)),
        account_(account_of(request_.workspace, request_.configuration.language_model)),
        out_(std::move(out)),
        first_by_(
            parts_.clock.now() +
            std::chrono::milliseconds(request_.configuration.language_model.patience_ms.value())) {}

  Task<Result<>> run() {
    auto wanted = co_await openai::make_request(parts_, account_, "/chat/completions",
                                                "application/json", openai::chat_request(request_));
    if (!wanted) co_return std::unexpected(std::move(wanted.error()));
    auto events = co_await with_deadline(
        parts_.clock, first_by_, parts_.client.open_events(std::move(*wanted), parts_.policy));
    if (!events) co_return std::unexpected(openai::explained(std::move(events.error())));
    if (!events->is_stream()) co_return co_await read_whole(*events);
    while (!reader_.is_done()) {
      const Timepoint until = has_text_ ? parts_.clock.now() + OpenAiModel::kBetween : first_by_;
      auto event = co_await with_deadline(parts_.clock, until, events->next());
      if (!event && event.error().code == ErrorCode::closed) break;
      if (!event && reader_.is_complete()) break;
      if (!event) co_return std::unexpected(broken(std::move(event.error())));
      if (auto taken = reader_.take(event->data); !taken) co_return taken;
      if (!co_await give_text()) co_return gone();
    }
    co_return co_await finish();
  }

 private:
  static std::unexpected<Error> gone() {
    return failure(ErrorCode::cancelled, "nobody waits for the answer");
  }

  [[nodiscard]] Error broken(Error error) const {
    const bool is_away = error.code == ErrorCode::unavailable;
    return is_away ? openai::cut_off() : openai::explained(std::move(error));
  }

  // A refusal, or a server that does not stream.
  Task<Result<>> read_whole(OutboundEvents& events) {
    auto body = co_await with_deadline(parts_.clock, first_by_, events.rest());
    const Response& head = events.response();
    if (head.status >= 400) {
      co_return std::unexpected(
          openai::refusal(parts_, account_, head, body ? *body : std::string()));
    }
    if (!body) co_return std::unexpected(broken(std::move(body.error())));
    const auto type = head.headers.find("Content-Type").value_or("");
    if (head.status != 200 || !type.starts_with("application/json")) {
      co_return std::unexpected(openai::not_such_a_server(head));
    }
    if (auto taken = reader_.take(*body); !taken) co_return taken;
    if (!co_await give_text()) co_return gone();
    co_return co_await finish();
  }

  Task<bool> give_text() {
    std::string text = reader_.take_text();
    if (text.empty()) co_return true;
    has_text_ = true;
    co_return co_await out_.give(ReplyChunk{.text = std::move(text)});
  }

  Task<Result<>> finish() {
    if (!reader_.is_complete()) co_return std::unexpected(openai::cut_off());
    ReplyChunk last{.text = reader_.take_text()};
    last.usage = reader_.usage();
    for (ToolCall& call : reader_.tool_calls()) {
      if (call.name == openai::kEndCall) {
        last.action = ReplyAction::end_call;
      } else if (call.name == openai::kHandOver) {
        last.action = ReplyAction::hand_over;
      } else {
        last.tool_calls.push_back(std::move(call));
      }
    }
    const PhrasesConfiguration& phrases = request_.configuration.phrases;
    if (!has_text_ && last.text.empty() && last.tool_calls.empty()) {
      if (last.action == ReplyAction::end_call) last.text = phrases.goodbye.value();
      if (last.action == ReplyAction::hand_over) last.text = phrases.handover.value();
      if (last.action == ReplyAction::none) {
        co_return failure(ErrorCode::unavailable, "the model ended its answer without a word");
      }
    }
    if (!co_await out_.give(std::move(last))) co_return gone();
    co_return Result<>{};
  }

  const openai::Parts& parts_;
  ReplyRequest request_;
  ProviderAccount account_;
  Outlet out_;
  Timepoint first_by_;
  ChatReader reader_;
  bool has_text_ = false;
};

Task<> converse(const openai::Parts& parts, ReplyRequest request, Outlet out) {
  Asking asking(parts, std::move(request), out);
  auto ended = co_await asking.run();
  if (ended || ended.error().code == ErrorCode::cancelled) co_return;
  const bool given = co_await out.give(std::unexpected(std::move(ended.error())));
  static_cast<void>(given);
}

class OpenAiReply final : public ReplyStream {
 public:
  OpenAiReply(const openai::Parts& parts, ReplyRequest request)
      : stream_(parts.loop, [&parts, request = std::move(request)](Outlet out) {
          return converse(parts, request, std::move(out));
        }) {}

  Task<Result<std::optional<ReplyChunk>>> next() override {
    auto chunk = co_await stream_.next();
    if (chunk) co_return std::optional<ReplyChunk>(std::move(*chunk));
    if (chunk.error().code == ErrorCode::closed) co_return std::optional<ReplyChunk>();
    co_return std::unexpected(std::move(chunk.error()));
  }

 private:
  FarStream<ReplyChunk> stream_;
};

}  // namespace

std::unique_ptr<ReplyStream> OpenAiModel::reply(ReplyRequest request) {
  return std::make_unique<OpenAiReply>(parts_, std::move(request));
}

}  // namespace antiphon
