#include "providers/openai/chat_stream.h"

#include <utility>

namespace antiphon::openai {

namespace {

constexpr std::string_view kThinks = "<think>";
constexpr std::string_view kThought = "</think>";

std::unexpected<Error> strange(std::string message) {
  return failure(ErrorCode::protocol_error, "the provider's answer " + std::move(message));
}

std::string_view without_space(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

std::int64_t count_of(const json::Value& object, std::string_view key) {
  const json::Value* value = object.find(key);
  const std::int64_t* number = value == nullptr ? nullptr : value->if_integer();
  return number == nullptr || *number < 0 ? 0 : *number;
}

const std::string* text_at(const json::Value& object, std::string_view key) {
  const json::Value* value = object.find(key);
  return value == nullptr ? nullptr : value->if_text();
}

}  // namespace

Result<> ChatReader::take(std::string_view data) {
  if (without_space(data).starts_with("[DONE]")) {
    done_ = true;
    return {};
  }
  const auto parsed = json::parse(data);
  if (!parsed || parsed->if_object() == nullptr) return strange("is no JSON object");
  if (const json::Value* error = parsed->find("error"); error != nullptr && !error->is_null()) {
    return failure(ErrorCode::unavailable,
                   "the provider reported a failure in the middle of its answer");
  }
  if (const json::Value* usage = parsed->find("usage")) take_usage(*usage);
  const json::Value* choices = parsed->find("choices");
  const json::Array* list = choices == nullptr ? nullptr : choices->if_array();
  if (list == nullptr) return strange("has no `choices`");
  // The last event, which holds the usage, has none.
  if (list->empty()) return {};
  return take_choice(list->front());
}

Result<> ChatReader::take_choice(const json::Value& choice) {
  const json::Value* delta = choice.find("delta");
  if (delta == nullptr) delta = choice.find("message");
  if (delta != nullptr) {
    if (const std::string* content = text_at(*delta, "content")) add(*content);
    if (bytes_ > kTextMax) return strange("is longer than any answer may be");
    const json::Value* calls = delta->find("tool_calls");
    if (const json::Array* parts = calls == nullptr ? nullptr : calls->if_array()) {
      for (std::size_t at = 0; at < parts->size(); ++at) {
        if (auto taken = take_call((*parts)[at], at); !taken) return taken;
      }
    }
  }
  if (text_at(choice, "finish_reason") != nullptr) complete_ = true;
  return {};
}

// A call comes in parts: its id and name first, its arguments bit by bit; `index` says whose.
Result<> ChatReader::take_call(const json::Value& part, std::size_t position) {
  const json::Value* given = part.find("index");
  const std::int64_t* index = given == nullptr ? nullptr : given->if_integer();
  const auto at = index == nullptr ? position : static_cast<std::size_t>(*index);
  if (at >= kCallsMax || at > calls_.size()) return strange("calls too many tools at once");
  if (at == calls_.size()) calls_.emplace_back();
  ToolCall& call = calls_[at];
  if (const std::string* id = text_at(part, "id"); id != nullptr && !id->empty()) call.id = *id;
  const json::Value* function = part.find("function");
  if (function == nullptr) return {};
  if (const std::string* name = text_at(*function, "name"); name != nullptr && !name->empty()) {
    call.name = *name;
  }
  if (const std::string* arguments = text_at(*function, "arguments")) call.arguments += *arguments;
  if (call.arguments.size() > kArgumentsMax || call.name.size() > kArgumentsMax) {
    return strange("calls a tool with more than it may");
  }
  return {};
}

void ChatReader::take_usage(const json::Value& usage) {
  if (usage.if_object() == nullptr) return;
  usage_ = TokenUsage{count_of(usage, "prompt_tokens"), count_of(usage, "completion_tokens")};
}

void ChatReader::add(std::string_view content) {
  bytes_ += content.size();
  if (thought_ == Thought::over) {
    text_ += content;
    return;
  }
  held_ += content;
  if (thought_ == Thought::undecided) {
    const std::string_view begun = without_space(held_);
    if (begun.starts_with(kThinks)) {
      thought_ = Thought::thinking;
    } else if (!kThinks.starts_with(begun)) {
      thought_ = Thought::over;
      text_ += std::exchange(held_, {});
      return;
    }
  }
  if (thought_ != Thought::thinking) return;
  const auto end = held_.find(kThought);
  if (end == std::string::npos) return;
  thought_ = Thought::over;
  text_ += without_space(std::string_view(held_).substr(end + kThought.size()));
  held_.clear();
}

std::string ChatReader::take_text() {
  // An answer that is as short as "<" was never going to be a thought.
  if (complete_ && thought_ == Thought::undecided) text_ += std::exchange(held_, {});
  return std::exchange(text_, {});
}

}  // namespace antiphon::openai
