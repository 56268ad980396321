// The events of one call and the sockets on which a page reads them.
//
// What happens is kept while the call lasts, the newest kKept events: a page whose socket broke
// opens another, says how many events it has, and gets the rest.
// Limits  kKept events. A page that does not read is closed with 1008, a second socket replaces the
//         first.
// Thread  the call's executor.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"
#include "net/websocket.h"
#include "transports/client_message.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace antiphon {

class CallEvents {
 public:
  static constexpr std::size_t kKept = 128;
  using Take = std::function<void(ClientMessage)>;

  // `take` is called with each message of the page.
  CallEvents(const Executor& executor, Clock& clock, Take take);

  void add(std::string event);
  // `seen`: how many events the page has.
  void attach(WebSocket socket, std::uint64_t seen);
  // What was added is sent, then every socket is closed. Nothing runs afterwards.
  Task<> close(std::uint16_t code, std::string reason);

 private:
  // Shared by the events and the coroutine that reads from the socket.
  using Socket = std::shared_ptr<WebSocket>;

  Task<> read(Socket socket);
  static Task<> end(Socket socket, std::uint16_t code, std::string reason);
  void send(const std::string& event);

  Clock& clock_;
  Take take_;
  ClientMessages messages_;
  std::deque<std::string> kept_;
  std::uint64_t count_ = 0;  // events so far, of which kept_ holds the last
  Socket current_;
  TaskGroup sockets_;
};

}  // namespace antiphon
