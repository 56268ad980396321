// A WebSocket, on either side: messages in, messages out, everything bounded.
//
//   Task<> echo(Request request, ResponseWriter& writer) {
//     auto socket = co_await accept_websocket(request, writer, {.subprotocols = {"antiphon.v1"}});
//     if (!socket) co_return;                       // refused, and the client was told
//     while (auto message = co_await socket->receive()) {
//       if (!socket->try_send(std::move(*message))) break;
//     }
//   }
//
// Output  receive() yields whole messages; text is valid UTF-8. Pings are answered without
//         anybody's help.
// Limits  WebSocketLimits. What breaks them is closed with a code and counted in
//         websocket_ended_total{reason}.
// Errors  receive: closed (either side closed), protocol_error, too_large, timeout (idle, or the
//         peer does not read), resource_exhausted (a flood), cancelled (this wait alone; the socket
//         is as good as before).
// Thread  the executor of the socket. One receive() at a time; sends from any coroutine of that
//         executor.
// Source  RFC 6455. permessage-deflate is never negotiated: audio does not shrink, and it costs 64
//         kB a socket.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "core/result.h"
#include "core/task_group.h"
#include "net/http.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct WebSocketMessage {
  enum class Kind : std::uint8_t { text, binary };
  Kind kind = Kind::text;
  std::string data;

  bool operator==(const WebSocketMessage&) const = default;
};

struct WebSocketLimits {
  std::size_t message_bytes_max = 1024 * 1024;
  std::uint32_t fragments_max = 64;  // of one message, from a client
  std::uint32_t control_frames_per_second_max = 20;
  std::size_t incoming_messages_max = 64;  // then we stop reading, and TCP holds the peer back
  std::size_t outgoing_messages_max = 1024;
  std::size_t outgoing_bytes_max = 1024 * 1024;
  WhenFull when_full = WhenFull::refuse;              // what try_send() does with a full queue
  Duration ping_interval = std::chrono::seconds(20);  // of silence, then we ping
  Duration idle_timeout = std::chrono::seconds(60);   // of silence, then it is dead
  Duration write_timeout = std::chrono::seconds(20);  // for one message
  Duration close_timeout = std::chrono::seconds(3);   // from close() to the peer's agreement
};

// RFC 6455 section 7.4.1.
inline constexpr std::uint16_t kCloseNormal = 1000;
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kClosePolicy = 1008;
inline constexpr std::uint16_t kCloseInternal = 1011;
inline constexpr std::uint16_t kCloseTryAgain = 1013;

class WebSocket {
 public:
  WebSocket(WebSocket&&) noexcept;
  WebSocket& operator=(WebSocket&&) noexcept;
  // Without close() before it, the connection is cut.
  ~WebSocket();

  Task<Result<WebSocketMessage>> receive();
  // Gives each message to `reader` as it is read, without a queue between: for sound, fifty times a
  // second. Until `reader` says false, or with receive()'s error. Instead of receive() meanwhile.
  Task<Result<>> deliver(std::function<bool(const WebSocketMessage&)> reader);

  // Queues and returns at once. False: full (refuse), closing or closed. With drop_oldest the
  // oldest go.
  bool try_send(WebSocketMessage message);
  bool try_send_text(std::string text);
  bool try_send_binary(std::string bytes);
  // Waits for room in the queue. Errors: closed, cancelled, too_large.
  Task<Result<>> send(WebSocketMessage message);
  // What is queued and not yet with the kernel.
  [[nodiscard]] std::size_t outgoing_bytes() const;

  // Sends what is queued, then the close frame; returns when the peer has agreed or close_timeout
  // has passed.
  Task<> close(std::uint16_t code, std::string reason);
  [[nodiscard]] bool is_open() const;
  // What the peer gave as its reason; nothing while open or when it just went.
  [[nodiscard]] std::optional<std::uint16_t> peer_close_code() const;
  // "" when none was agreed.
  [[nodiscard]] const std::string& subprotocol() const;

 private:
  friend struct WebSocketFactory;
  struct State;
  explicit WebSocket(std::shared_ptr<State> state);
  std::shared_ptr<State>
      state_;  // shared with its own reader, writer and watch until they have ended
};

struct WebSocketOptions {
  WebSocketLimits limits = {};
  // Ours, the best first; the first that the client offered is agreed. Offering none of them is no
  // error.
  std::vector<std::string> subprotocols = {};
  Headers headers = {};  // added to the 101 answer
  // The loop on which the socket lives from now on, when it is not the server's: the WebSocket may
  // then be used and destroyed on that executor alone, and the server's stop() no longer knows it.
  std::optional<Executor> executor = std::nullopt;
};

// The route's policy must say Upgrade::allowed. Errors: invalid_argument; the client has then been
// answered.
[[nodiscard]] Task<Result<WebSocket>> accept_websocket(const Request& request,
                                                       ResponseWriter& writer,
                                                       WebSocketOptions options);

}  // namespace antiphon
