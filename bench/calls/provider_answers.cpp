#include "providers.h"
#include "wire.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>

namespace calls {
namespace {

// Two sentences: a voice can begin when the ninth token has come.
constexpr std::array<std::string_view, 21> kTokens = {
    "Sure",  ",",     " I",   " can",      " help", " you",   " with",
    " that", ".",     " The", " forecast", " for",  " today", " says",
    " it",   " will", " be",  " sunny",    " and",  " warm",  "."};
constexpr std::string_view kWords = "what is the weather like today";
constexpr std::string_view kFirstWords = "what is";
constexpr std::string_view kUsage =
    R"("usage":{"prompt_tokens":9,"completion_tokens":21,"total_tokens":30}})";
constexpr std::string_view kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kAudioHead =
    "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view kChunkHead =
    R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"stub",)";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::chrono::milliseconds kBlock{100};
constexpr std::chrono::milliseconds kFloodEvery{1};
constexpr std::size_t kFloodBacklog = 1 << 20;
constexpr int kFloodTokens = 100;

void send_chunk(Connection& connection, std::string_view part) {
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", part.size());
  connection.link.send(std::string(size.data()).append(part).append("\r\n"));
}

void send_document(Connection& connection, std::string_view document,
                   std::string_view status = "200 OK") {
  connection.link.send("HTTP/1.1 " + std::string(status) +
                       "\r\nContent-Type: application/json\r\nContent-Length: " +
                       std::to_string(document.size()) + "\r\n\r\n" + std::string(document));
}

std::string token_event(std::string_view token, bool is_first) {
  return std::string(kChunkHead) + R"("choices":[{"index":0,"delta":{)" +
         (is_first ? R"("role":"assistant",)" : "") + R"("content":")" + std::string(token) +
         R"("},"finish_reason":null}]})" + "\n\n";
}

std::string last_events() {
  return std::string(kChunkHead) + R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})" +
         "\n\n" + std::string(kChunkHead) + R"("choices":[],)" + std::string(kUsage) +
         "\n\ndata: [DONE]\n\n";
}

std::string whole_answer() {
  std::string text;
  for (const std::string_view token : kTokens)
    text += token;
  return R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"stub",)"
         R"("choices":[{"index":0,"message":{"role":"assistant","content":")" +
         text + R"("},"finish_reason":"stop"}],)" + std::string(kUsage);
}

}  // namespace

void Providers::answer(Connection& connection, const HttpRequest& request) {
  const std::string& target = request.target;
  if (!request.key.empty()) {
    open_socket(connection, request);
  } else if (target.ends_with("/chat/completions")) {
    chat(connection, request);
  } else if (target.ends_with("/audio/speech")) {
    speak(connection, request);
  } else if (target.ends_with("/audio/transcriptions")) {
    transcribe(connection);
  } else if (target == "/stats" || target == "/reset") {
    send_document(connection, stats());
    if (target == "/reset") {
      lateness_.clear();
      counts_ = {};
    }
  } else {
    send_document(connection, R"({"error":{"message":"no such path"}})", "404 Not Found");
  }
}

void Providers::token(Connection& connection, std::size_t number) {
  if (number == 0) connection.link.send(kStreamHead);
  if (number < kTokens.size()) {
    send_chunk(connection, token_event(kTokens[number], number == 0));
    return;
  }
  send_chunk(connection, last_events());
  connection.link.send(kLastChunk);
}

void Providers::flood(Connection& connection) {
  for (int sent = 0; sent < kFloodTokens && connection.link.backlog() < kFloodBacklog; ++sent) {
    send_chunk(connection, token_event(kTokens[static_cast<std::size_t>(sent) % 8 + 10], false));
  }
  at(Clock::now() + kFloodEvery, connection.identity, [this](Connection& same) { flood(same); });
}

void Providers::chat(Connection& connection, const HttpRequest& request) {
  ++counts_.chats;
  const Time first = Clock::now() + delays_.first_token;
  if (json_field(request.body, "stream") != "true") {
    at(first + delays_.token_gap * kTokens.size(), connection.identity,
       [](Connection& same) { send_document(same, whole_answer()); });
    return;
  }
  if (delays_.is_flood) {
    at(first, connection.identity, [this](Connection& same) {
      same.link.send(kStreamHead);
      flood(same);
    });
    return;
  }
  for (std::size_t number = 0; number <= kTokens.size(); ++number) {
    at(first + delays_.token_gap * std::min(number, kTokens.size() - 1), connection.identity,
       [this, number](Connection& same) { token(same, number); });
  }
}

// 44 whole periods of 440 Hz, so that every block of 100 ms is the same.
const std::string& Providers::tone(std::size_t rate) {
  std::string& block = tones_[rate];
  for (std::size_t at = 0; block.size() < rate / 10 * 2; ++at) {
    const double angle =
        2 * std::numbers::pi * 440 * static_cast<double>(at) / static_cast<double>(rate);
    const auto sample = static_cast<std::int16_t>(8000 * std::sin(angle));
    block += static_cast<char>(sample & 0xFF);
    block += static_cast<char>(sample >> 8);
  }
  return block;
}

void Providers::speak(Connection& connection, const HttpRequest& request) {
  ++counts_.speeches;
  const std::string rate(json_field(request.body, "sample_rate"));
  const std::string& block = tone(rate.empty() ? 24'000 : std::strtoul(rate.c_str(), nullptr, 10));
  const std::size_t characters = json_field(request.body, "input").size();
  const auto blocks = std::max<std::int64_t>(
      1, delays_.per_character * static_cast<std::int64_t>(characters) / kBlock);
  const auto step = std::chrono::duration_cast<Clock::duration>(kBlock / delays_.audio_speed);
  const Time first = Clock::now() + delays_.first_audio;
  for (std::int64_t number = 0; number <= blocks; ++number) {
    at(first + step * number, connection.identity, [number, blocks, &block](Connection& same) {
      if (number == 0) same.link.send(kAudioHead);
      if (number < blocks) return send_chunk(same, block);
      same.link.send(kLastChunk);
    });
  }
}

void Providers::transcribe(Connection& connection) {
  ++counts_.uploads;
  at(Clock::now() + delays_.transcript, connection.identity,
     [](Connection& same) { send_document(same, R"({"text":")" + std::string(kWords) + R"("})"); });
}

void Providers::open_socket(Connection& connection, const HttpRequest& request) {
  ++counts_.sockets;
  std::string head =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_of(request.key) + "\r\n";
  // A client that carries its key in a subprotocol expects the first one back.
  if (const std::size_t offered = request.head.find("sec-websocket-protocol: ");
      offered != std::string::npos) {
    const std::size_t begin = offered + 24;
    head += "Sec-WebSocket-Protocol: " +
            request.head.substr(begin, request.head.find_first_of(",\r", begin) - begin) + "\r\n";
  }
  connection.link.send(head + "\r\n");
  const std::size_t rate = request.target.find("sample_rate=");
  connection.recognizer.emplace(
      request.target.contains("encoding=mulaw") ? Encoding::mulaw : Encoding::linear16,
      rate == std::string::npos ? 16'000
                                : std::strtoul(request.target.c_str() + rate + 12, nullptr, 10),
      delays_.transcript);
}

void Providers::text(Connection& connection, std::string_view words, bool is_final,
                     bool was_asked) {
  counts_.texts += is_final ? 1 : 0;
  const std::string final = is_final ? "true" : "false";
  connection.link.send(frame_of(
      Opcode::text,
      R"({"type":"Results","channel_index":[0,1],"duration":1.0,"start":0.0,"is_final":)" + final +
          R"(,"speech_final":)" + final + R"(,"from_finalize":)" + (was_asked ? "true" : "false") +
          R"(,"channel":{"alternatives":[{"transcript":")" + std::string(words) +
          R"(","confidence":0.99,"words":[]}]},"metadata":{"request_id":"r"}})",
      Sender::server));
}

void Providers::expect_final(Connection& connection) {
  connection.has_timer = true;
  const Time due = connection.recognizer->final_due();
  at(due, connection.identity, [this, due](Connection& same) {
    if (same.recognizer->final_due() > due) return expect_final(same);  // it went on speaking
    same.has_timer = false;
    if (!same.recognizer->is_speech()) return;
    same.recognizer->end_utterance();
    text(same, kWords, true);
  });
}

void Providers::hear(Connection& connection) {
  std::string& input = connection.link.input;
  std::size_t done = 0;
  while (const auto frame = next_frame(input, done)) {
    done += frame->size;
    const std::string_view type =
        frame->opcode == Opcode::text ? json_field(frame->payload, "type") : std::string_view();
    if (frame->opcode == Opcode::close || type == "CloseStream") {
      connection.link.send(frame_of(Opcode::close, "\x03\xe8", Sender::server));
      connection.link.close();
      return;
    }
    if (frame->opcode == Opcode::ping) {
      connection.link.send(frame_of(Opcode::pong, frame->payload, Sender::server));
    } else if (frame->opcode == Opcode::binary) {
      if (connection.recognizer->hear(frame->payload, Clock::now())) {
        text(connection, kFirstWords, false);
      }
      if (connection.recognizer->had_interim() && !connection.has_timer) expect_final(connection);
    } else if (type == "Finalize") {
      // Asked for before it would have come by itself, the text still takes its time.
      const bool was_speech = connection.recognizer->is_speech();
      const Time due = std::max(Clock::now(), connection.recognizer->final_due());
      connection.recognizer->end_utterance();
      at(was_speech ? due : Clock::now(), connection.identity,
         [this, was_speech](Connection& same) {
           text(same, was_speech ? kWords : std::string_view(), true, true);
         });
    }
  }
  input.erase(0, done);
}

}  // namespace calls
