// Counts what one conversation uses of its providers.
//
// The counters are added to where the providers are called; take() turns what came together since
// the last time into events for the journal (domain/usage.h).
// Limits  one event a kind each time; nothing used, no event.
// Thread  the session's executor. recognized() allocates, locks and logs nothing.
#pragma once

#include "core/audio_frame.h"
#include "core/clock.h"
#include "domain/conversation.h"
#include "domain/usage.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

struct UsageProviders {
  ProviderName recognizer;
  ProviderName synthesizer;
  ProviderName language_model;
};

class UsageMeter {
 public:
  explicit UsageMeter(UsageProviders providers) : providers_(std::move(providers)) {}

  void recognized(std::size_t samples) noexcept { samples_ += static_cast<std::int64_t>(samples); }
  void conversed_until(Timepoint now) noexcept;
  void synthesized(std::string_view text) noexcept;
  void heard(std::string_view text) noexcept;
  void typed() noexcept { add(UsageKind::typed_messages, 1); }
  void hears_by(ProviderName recognizer) { providers_.recognizer = std::move(recognizer); }
  void speaks_by(ProviderName synthesizer) { providers_.synthesizer = std::move(synthesizer); }
  void asked(ProviderName model);
  void answered(const TokenUsage& usage) noexcept;

  // What was used since the last take(), as of `at`; `turn` is a number that this conversation has
  // not had.
  [[nodiscard]] std::vector<ConversationEvent> take(std::int64_t turn, AgentId agent,
                                                    Milliseconds at);

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(UsageKind::output_tokens) + 1;

  void add(UsageKind kind, std::int64_t quantity) noexcept {
    counts_[static_cast<std::size_t>(kind)] += quantity;
  }
  [[nodiscard]] const ProviderName& provider_of(UsageKind kind) const noexcept;

  UsageProviders providers_;
  std::array<std::int64_t, kKinds> counts_{};
  std::int64_t samples_ = 0;  // less than what makes a millisecond stays for the next time
  Timepoint conversed_until_{};
  bool conversing_ = false;
};

}  // namespace antiphon
