#include "engine/usage_meter.h"

#include "core/utf8.h"
#include "engine/text_object.h"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

// Of one reply. A server that claims more is not believed.
constexpr std::int64_t kTokensMax = 10'000'000;
constexpr std::int64_t kSamplesPerMillisecond = kEngineRate.value() / 1000;

// What no provider does: the server's own part of a conversation.
const ProviderName kOurselves{"antiphon", ""};

}  // namespace

// The first call only starts the count.
void UsageMeter::conversed_until(Timepoint now) noexcept {
  if (!std::exchange(conversing_, true)) {
    conversed_until_ = now;
    return;
  }
  const Milliseconds passed = to_milliseconds(now - conversed_until_);
  if (passed <= Milliseconds(0)) return;
  add(UsageKind::conversation_ms, passed.count());
  conversed_until_ += passed;
}

void UsageMeter::synthesized(std::string_view text) noexcept {
  add(UsageKind::synthesized_characters, static_cast<std::int64_t>(utf8_length(text)));
}

void UsageMeter::heard(std::string_view text) noexcept {
  add(UsageKind::heard_characters, static_cast<std::int64_t>(utf8_length(text)));
}

void UsageMeter::asked(ProviderName model) {
  providers_.language_model = std::move(model);
  add(UsageKind::replies, 1);
}

void UsageMeter::answered(const TokenUsage& usage) noexcept {
  add(UsageKind::input_tokens, std::clamp(usage.input, std::int64_t{0}, kTokensMax));
  add(UsageKind::output_tokens, std::clamp(usage.output, std::int64_t{0}, kTokensMax));
}

const ProviderName& UsageMeter::provider_of(UsageKind kind) const noexcept {
  switch (kind) {
    case UsageKind::conversation_ms:
    case UsageKind::typed_messages:
      return kOurselves;
    case UsageKind::recognized_ms:
      return providers_.recognizer;
    case UsageKind::synthesized_characters:
    case UsageKind::heard_characters:
      return providers_.synthesizer;
    case UsageKind::replies:
    case UsageKind::input_tokens:
    case UsageKind::output_tokens:
      return providers_.language_model;
  }
  return kOurselves;
}

std::vector<ConversationEvent> UsageMeter::take(std::int64_t turn, AgentId agent, Milliseconds at) {
  add(UsageKind::recognized_ms, samples_ / kSamplesPerMillisecond);
  samples_ %= kSamplesPerMillisecond;
  std::vector<ConversationEvent> events;
  for (std::size_t index = 0; index < kKinds; ++index) {
    const std::int64_t quantity = std::exchange(counts_[index], 0);
    if (quantity <= 0) continue;
    const auto kind = static_cast<UsageKind>(index);
    const ProviderName& provider = provider_of(kind);
    TextObject payload;
    payload.add("used", boost::describe::enum_to_string(kind, ""))
        .add("provider", provider.name)
        .add("model", provider.model)
        .add("agent", agent.to_string())
        .add("quantity", quantity);
    // The kinds of one turn have numbers of their own too: an event is known by its number.
    events.push_back({turn * static_cast<std::int64_t>(kKinds) + static_cast<std::int64_t>(index),
                      std::string(kUsageEvent), at, payload.text()});
  }
  return events;
}

}  // namespace antiphon
