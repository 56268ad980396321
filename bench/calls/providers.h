// Recognizer, language model and voice with fixed delays, on one port of the loopback.
//
// Paths   GET  /v1/listen                 WebSocket, live transcription as Deepgram's
//         POST /v1/audio/transcriptions   the text `transcript` after the audio has arrived
//         POST /v1/chat/completions       21 tokens in two sentences, as server-sent events
//         POST /v1/audio/speech           raw 16-bit samples of a 440 Hz tone
//         GET  /stats, /reset             counts, and how late its own timers were
// Limits  what a request sends is held whole; a reader that is 8 MiB behind is hung up on.
// Errors  404 for another path.
// Thread  run() never returns; everything happens in it.
//
// A run in which timer_late_ms_p99 is over 2 says nothing about the server under test.
#pragma once

#include "link.h"
#include "live_recognizer.h"
#include "options.h"
#include "samples.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace calls {

struct ProviderDelays {
  explicit ProviderDelays(const Options& options);

  Clock::duration transcript;  // from the last sound, or the whole upload, to the text
  Clock::duration first_token;
  Clock::duration token_gap;
  Clock::duration first_audio;
  Clock::duration per_character;  // of speech
  double audio_speed;             // times real time
  bool is_flood;                  // tokens without end, as fast as they are read
};

struct Connection {
  Connection(int poll, int descriptor, std::uint64_t number)
      : link(poll, descriptor, number), identity(number) {}

  Link link;
  std::uint64_t identity;
  std::optional<LiveRecognizer> recognizer;  // of a WebSocket
  bool has_timer = false;                    // for its final text
};

struct HttpRequest {
  std::string head;  // lower case, but for the first line
  std::string target;
  std::string key;  // of a WebSocket's handshake
  std::string body;
};

class Providers {
 public:
  Providers(const Options& options, int poll);
  [[noreturn]] void run();

 private:
  struct Timer {
    Time due;
    std::uint64_t order;
    std::function<void()> act;
    bool operator<(const Timer& other) const {
      return due > other.due || (due == other.due && order > other.order);
    }
  };
  struct Counts {
    std::uint64_t sockets = 0, texts = 0, chats = 0, speeches = 0, uploads = 0;
  };

  void at(Time due, std::function<void()> act);
  // While that connection lives.
  void at(Time due, std::uint64_t identity, std::function<void(Connection&)> act);
  void fire();
  void accept();
  void handle(Connection& connection);
  void answer(Connection& connection, const HttpRequest& request);
  void chat(Connection& connection, const HttpRequest& request);
  void token(Connection& connection, std::size_t number);
  void flood(Connection& connection);
  void speak(Connection& connection, const HttpRequest& request);
  void transcribe(Connection& connection);
  void open_socket(Connection& connection, const HttpRequest& request);
  void hear(Connection& connection);
  void text(Connection& connection, std::string_view words, bool is_final, bool was_asked = false);
  void expect_final(Connection& connection);
  const std::string& tone(std::size_t rate);
  std::string stats();

  int poll_;
  int listener_;
  int timer_;
  ProviderDelays delays_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::priority_queue<Timer> timers_;
  std::uint64_t identities_ = 1;
  std::uint64_t orders_ = 0;
  std::unordered_map<std::size_t, std::string> tones_;
  Samples lateness_;
  Counts counts_;
};

// The next whole request that has arrived, taken off the connection's input.
std::optional<HttpRequest> take_request(Connection& connection);

}  // namespace calls
