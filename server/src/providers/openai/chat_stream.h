// The answer of /chat/completions, streamed or whole, put together.
//
//   ChatReader reader;
//   reader.take(event.data);             // of each event; "[DONE]" too
//   std::string text = reader.take_text();
//   ... reader.is_complete(), tool_calls(), usage()
//
// What a model thinks aloud in <think> … </think> before its answer is no part of it.
// Limits  kTextMax bytes of text, kCallsMax calls, kArgumentsMax bytes of arguments each.
// Errors  take: protocol_error (no JSON, no answer, over a limit), unavailable (the server reports
//         a failure in the middle). The reader is of no use after it.
// Thread  one owner.
#pragma once

#include "json/value.h"
#include "ports/language_model.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::openai {

class ChatReader {
 public:
  static constexpr std::size_t kTextMax = 64 * 1024;
  static constexpr std::size_t kCallsMax = 16;
  static constexpr std::size_t kArgumentsMax = 64 * 1024;

  Result<> take(std::string_view data);
  // What came since the last call and may be spoken.
  [[nodiscard]] std::string take_text();
  // The model has finished; only its usage may still come.
  [[nodiscard]] bool is_complete() const { return complete_; }
  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] std::vector<ToolCall>& tool_calls() { return calls_; }
  [[nodiscard]] const std::optional<TokenUsage>& usage() const { return usage_; }

 private:
  enum class Thought : std::uint8_t { undecided, thinking, over };

  Result<> take_choice(const json::Value& choice);
  Result<> take_call(const json::Value& part, std::size_t position);
  void take_usage(const json::Value& usage);
  void add(std::string_view content);

  std::string text_;
  std::string held_;  // while it is not known whether the model thinks aloud
  std::size_t bytes_ = 0;
  Thought thought_ = Thought::undecided;
  std::vector<ToolCall> calls_;
  std::optional<TokenUsage> usage_;
  bool complete_ = false;
  bool done_ = false;
};

}  // namespace antiphon::openai
