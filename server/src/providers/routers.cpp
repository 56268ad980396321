#include "providers/routers.h"

#include "providers/wake_signal.h"

namespace antiphon {

namespace {

Error nobody() {
  return {ErrorCode::unsupported,
          "this server has no provider of the name that the agent's configuration gives"};
}

class NoReply final : public ReplyStream {
  Task<Result<std::optional<ReplyChunk>>> next() override { co_return std::unexpected(nobody()); }
};

class NoVoice final : public SynthesisStream {
  Task<Result<std::optional<SynthesizedChunk>>> next() override {
    co_return std::unexpected(nobody());
  }
};

// Fails once for each utterance that it was to understand.
class NoEar final : public RecognitionStream {
  void begin(UtteranceId, std::span<const Sample>) override {}
  void push(std::span<const Sample>) override {}
  void finish() override { signal_.raise(); }
  void discard() override {}
  Task<Result<RecognitionEvent>> next() override {
    if (!co_await signal_.wait()) co_return failure(ErrorCode::cancelled, "nobody listens");
    co_return std::unexpected(nobody());
  }

  WakeSignal signal_;
};

}  // namespace

std::unique_ptr<ReplyStream> ModelRouter::reply(ReplyRequest request) {
  const auto found = models_.find(request.configuration.language_model.provider);
  if (found == models_.end()) return std::make_unique<NoReply>();
  return found->second->reply(std::move(request));
}

ProviderName ModelRouter::provider(const AgentConfiguration& configuration) const {
  const auto found = models_.find(configuration.language_model.provider);
  return found == models_.end() ? ProviderName{} : found->second->provider(configuration);
}

std::unique_ptr<SynthesisStream> VoiceRouter::synthesize(SynthesisRequest request) {
  const auto found = voices_.find(request.provider);
  if (found == voices_.end()) return std::make_unique<NoVoice>();
  return found->second->synthesize(std::move(request));
}

Task<Result<>> VoiceRouter::prepare(std::vector<SynthesisRequest> prompts) {
  std::erase_if(prompts, [](const SynthesisRequest& prompt) {
    return prompt.provider != VoiceProvider::piper;
  });
  const auto found = voices_.find(VoiceProvider::piper);
  if (prompts.empty() || found == voices_.end()) co_return Result<>{};
  co_return co_await found->second->prepare(std::move(prompts));
}

ProviderName VoiceRouter::provider(const SynthesisRequest& request) const {
  const auto found = voices_.find(request.provider);
  return found == voices_.end() ? ProviderName{} : found->second->provider(request);
}

std::unique_ptr<RecognitionStream> RecognizerRouter::open(RecognitionOptions options) {
  const auto found = recognizers_.find(options.provider);
  if (found == recognizers_.end()) return std::make_unique<NoEar>();
  return found->second->open(std::move(options));
}

ProviderName RecognizerRouter::provider(const RecognitionOptions& options) const {
  const auto found = recognizers_.find(options.provider);
  return found == recognizers_.end() ? ProviderName{} : found->second->provider(options);
}

}  // namespace antiphon
