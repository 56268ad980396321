#include "app/commands.h"
#include "app/run_until_done.h"
#include "app/talk_json.h"
#include "core/system_clock.h"
#include "net/http_client.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace antiphon {

namespace {

class Chat {
 public:
  Chat(Executor executor, Clock& clock, std::string url, std::string key)
      : client_(std::move(executor), clock, {}), url_(std::move(url)), key_(std::move(key)) {}

  Task<Result<>> open(std::string agent, std::string version) {
    auto response = co_await client_.send({.method = Method::post,
                                           .url = url_ + "/api/conversations",
                                           .headers = headers(),
                                           .body = open_call_body(agent, version, "text")});
    if (!response) co_return std::unexpected(std::move(response.error()));
    if (response->status != 201) {
      co_return failure(ErrorCode::unavailable, problem_text(response->status, response->body));
    }
    auto opened = parse_opened_chat(response->body);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    conversation_ = std::move(opened->conversation);
    if (!opened->greeting.empty()) fmt::print("agent  {}\n", opened->greeting);
    co_return Result<>{};
  }

  // False once the agent has ended the conversation.
  Task<Result<bool>> say(std::string text) {
    auto stream = co_await client_.open_events(
        {.method = Method::post,
         .url = fmt::format("{}/api/conversations/{}/messages", url_, conversation_),
         .headers = headers(),
         .body = message_body(text)});
    if (!stream) co_return std::unexpected(std::move(stream.error()));
    if (!stream->is_stream()) {
      co_return failure(ErrorCode::unavailable,
                        problem_text(stream->response().status, stream->response().body));
    }
    bool goes_on = true;
    fmt::print("agent ");
    while (auto event = co_await stream->next()) {
      auto chunk = parse_chat_chunk(event->data);
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      if (event->type == "error") co_return failure(ErrorCode::unavailable, chunk->detail);
      if (event->type == "reply.text") fmt::print(" {}", chunk->text);
      if (event->type == "reply.ended") goes_on = !chunk->ends_conversation;
      std::fflush(stdout);
    }
    fmt::print("\n");
    co_return goes_on;
  }

  [[nodiscard]] const std::string& conversation() const { return conversation_; }

 private:
  [[nodiscard]] Headers headers() const {
    return {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}};
  }

  HttpClient client_;
  std::string url_;
  std::string key_;
  std::string conversation_;
};

}  // namespace

int run_chat(const Options& options) {
  auto key = find_api_key(options);
  if (!key) return fail(key.error());
  SystemClock clock;
  boost::asio::io_context loop;
  std::string url = options.get("url");
  while (url.ends_with('/'))
    url.pop_back();
  Chat chat(loop.get_executor(), clock, std::move(url), std::move(*key));
  const auto opened = run_until_done(loop, chat.open(options.get("agent"), options.get("version")));
  if (!opened) return fail(opened.error());
  const bool prompt = isatty(STDIN_FILENO) != 0 && !options.has("text");
  std::string line = options.get("text");
  bool goes_on = true;
  while (goes_on) {
    if (!options.has("text")) {
      if (prompt) fmt::print("you    ");
      std::fflush(stdout);
      if (!std::getline(std::cin, line)) break;
      if (line.empty()) continue;
    }
    const auto said = run_until_done(loop, chat.say(line));
    if (!said) return fail(said.error());
    goes_on = *said && !options.has("text");
  }
  fmt::print("Conversation {}\n", chat.conversation());
  return 0;
}

}  // namespace antiphon
