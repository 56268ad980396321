#include "store/memory/rate_windows.h"

namespace antiphon::store {

MemoryRateWindows::Window& MemoryRateWindows::window_of(const RateAsk& ask,
                                                        std::chrono::milliseconds now) {
  if (windows_.size() >= kKeysMax && !windows_.contains(ask.key)) {
    std::erase_if(windows_, [now](const auto& entry) {
      return entry.second.stretch + 1 < now / entry.second.length;
    });
    if (windows_.size() >= kKeysMax) windows_.clear();
  }
  Window& window = windows_[ask.key];
  const std::int64_t stretch = now / ask.window;
  if (window.length != ask.window || stretch != window.stretch) {
    const bool is_next = window.length == ask.window && stretch == window.stretch + 1;
    window.counts = {is_next ? window.counts.now : 0, 0};
    window.stretch = stretch;
    window.length = ask.window;
  }
  return window;
}

Task<std::vector<RateAnswer>> MemoryRateWindows::take(std::vector<RateAsk> asks) {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch());
  std::vector<RateAnswer> answers;
  bool is_allowed = true;
  for (const RateAsk& ask : asks) {
    answers.push_back(judge_rate(ask, window_of(ask, now).counts, now));
    is_allowed = is_allowed && answers.back().allowed;
  }
  for (const RateAsk& ask : asks) {
    if (is_allowed) ++window_of(ask, now).counts.now;
  }
  co_return answers;
}

}  // namespace antiphon::store
