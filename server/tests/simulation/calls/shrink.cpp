#include "calls/shrink.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace antiphon::simulated {

namespace {

class Shrinker {
 public:
  Shrinker(CallScript script, const std::function<bool(const CallScript&)>& still_fails, int runs)
      : best_(std::move(script)), still_fails_(still_fails), runs_left_(runs) {}

  CallScript run() {
    bool smaller = true;
    while (smaller && runs_left_ > 0) {
      smaller = false;
      smaller |= drop_from(&CallScript::acts);
      smaller |= drop_from(&CallScript::replies);
      smaller |= reset_parts();
      smaller |= reset_fields();
      smaller |= simplify_acts();
      smaller |= simplify_replies();
    }
    return std::move(best_);
  }

 private:
  bool offer(CallScript candidate) {
    if (candidate == best_ || runs_left_ <= 0) return false;
    --runs_left_;
    if (!still_fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // A half of the list, then a quarter … then one after the other, from the end.
  template <class Item>
  bool drop_from(std::vector<Item> CallScript::* list) {
    bool smaller = false;
    for (std::size_t count = std::max<std::size_t>(1, (best_.*list).size() / 2); count > 0;
         count /= 2) {
      for (std::size_t end = (best_.*list).size(); end >= count && end > 0;) {
        CallScript candidate = best_;
        const auto begin = (candidate.*list).begin();
        (candidate.*list)
            .erase(begin + static_cast<std::ptrdiff_t>(end - count),
                   begin + static_cast<std::ptrdiff_t>(end));
        smaller |= offer(std::move(candidate));
        end -= std::min(end, count);
        end = std::min(end, (best_.*list).size());
      }
    }
    return smaller;
  }

  template <class Part>
  bool set(Part CallScript::* part, Part value) {
    CallScript candidate = best_;
    candidate.*part = std::move(value);
    return offer(std::move(candidate));
  }

  template <class Part, class Field>
  bool set(Part CallScript::* part, Field Part::* field, Field value) {
    CallScript candidate = best_;
    candidate.*part.*field = std::move(value);
    return offer(std::move(candidate));
  }

  // Back to its default.
  template <class Part, class Field>
  bool reset(Part CallScript::* part, Field Part::* field) {
    return set(part, field, Part{}.*field);
  }

  bool reset_parts() {
    bool smaller = set(&CallScript::network, {});
    smaller |= set(&CallScript::recognizer, {});
    smaller |= set(&CallScript::synthesizer, {});
    smaller |= set(&CallScript::detector, {});
    smaller |= set(&CallScript::agent, {});
    smaller |= set(&CallScript::end, CallEnd::hang_up);
    smaller |= set(&CallScript::linger_ms, CallScript{}.linger_ms);
    smaller |= set(&CallScript::linger_ms, best_.linger_ms / 2);
    smaller |= set(&CallScript::seed, std::int64_t{1});
    return smaller;
  }

  bool reset_fields() {
    bool smaller = reset(&CallScript::network, &NetworkScript::jitter_ms);
    smaller |= reset(&CallScript::network, &NetworkScript::loss_percent);
    smaller |= reset(&CallScript::network, &NetworkScript::doubled_percent);
    smaller |= reset(&CallScript::network, &NetworkScript::held_percent);
    smaller |= reset(&CallScript::recognizer, &RecognizerScript::partial_every_ms);
    smaller |= reset(&CallScript::recognizer, &RecognizerScript::final_delay_ms);
    smaller |= reset(&CallScript::recognizer, &RecognizerScript::fault);
    if (best_.recognizer.fault != RecognizerFault::none) {
      smaller |= set(&CallScript::recognizer, &RecognizerScript::fault_percent, 100);
    }
    smaller |= reset(&CallScript::synthesizer, &SynthesizerScript::first_delay_ms);
    smaller |= reset(&CallScript::synthesizer, &SynthesizerScript::word_times);
    smaller |= reset(&CallScript::synthesizer, &SynthesizerScript::fault);
    if (best_.synthesizer.fault != SynthesizerFault::none) {
      smaller |= set(&CallScript::synthesizer, &SynthesizerScript::fault_percent, 100);
    }
    smaller |= reset(&CallScript::detector, &DetectorScript::delay_ms);
    smaller |= reset(&CallScript::detector, &DetectorScript::complete_percent);
    smaller |= reset(&CallScript::detector, &DetectorScript::failing);
    smaller |= reset(&CallScript::agent, &AgentScript::greeting);
    smaller |= reset(&CallScript::agent, &AgentScript::profile);
    smaller |= reset(&CallScript::agent, &AgentScript::interruptible);
    smaller |= reset(&CallScript::agent, &AgentScript::speculative);
    smaller |= reset(&CallScript::agent, &AgentScript::silence_max_ms);
    smaller |= reset(&CallScript::agent, &AgentScript::duration_max_s);
    smaller |= reset(&CallScript::agent, &AgentScript::idle_reminder_s);
    smaller |= reset(&CallScript::agent, &AgentScript::idle_reminders_max);
    return smaller;
  }

  template <class Item, class Field>
  bool set(std::vector<Item> CallScript::* list, std::size_t at, Field Item::* field, Field value) {
    CallScript candidate = best_;
    (candidate.*list)[at].*field = std::move(value);
    return offer(std::move(candidate));
  }

  bool simplify_acts() {
    bool smaller = false;
    for (std::size_t at = 0; at < best_.acts.size(); ++at) {
      const auto change = [this, at](auto field, auto value) {
        return set(&CallScript::acts, at, field, std::move(value));
      };
      smaller |= change(&Act::after_ms, 0) || change(&Act::after_ms, best_.acts[at].after_ms / 2);
      smaller |= change(&Act::length_ms, best_.acts[at].length_ms / 2);
      smaller |= change(&Act::pause_ms, 0);
      smaller |= change(&Act::word, 0);
      const std::string text = best_.acts[at].text;
      smaller |= change(&Act::text, text.substr(0, text.find(' ')));
    }
    return smaller;
  }

  bool simplify_replies() {
    bool smaller = false;
    for (std::size_t at = 0; at < best_.replies.size(); ++at) {
      const auto change = [this, at](auto field) {
        return set(&CallScript::replies, at, field, ReplyScript{}.*field);
      };
      smaller |= change(&ReplyScript::texts) || shorten_reply(at);
      smaller |= change(&ReplyScript::first_delay_ms);
      smaller |= change(&ReplyScript::chunk_delay_ms);
      smaller |= change(&ReplyScript::end);
      smaller |= change(&ReplyScript::fails);
    }
    return smaller;
  }

  bool shorten_reply(std::size_t at) {
    if (best_.replies[at].texts.size() < 2) return false;
    CallScript candidate = best_;
    candidate.replies[at].texts.pop_back();
    return offer(std::move(candidate));
  }

  CallScript best_;
  const std::function<bool(const CallScript&)>& still_fails_;
  int runs_left_;
};

}  // namespace

CallScript shrink(CallScript script, const std::function<bool(const CallScript&)>& still_fails,
                  int runs_max) {
  return Shrinker(std::move(script), still_fails, runs_max).run();
}

}  // namespace antiphon::simulated
