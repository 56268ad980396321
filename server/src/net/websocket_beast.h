// Beast's WebSocket behind WebSocketLink. For the two .cpp files that make one: it costs seconds to
// include.
#pragma once

#include "net/connect.h"
#include "net/websocket_link.h"
#include "wire/websocket_frames.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <utility>

namespace antiphon {

namespace beast = boost::beast;

inline TcpSocket& lowest(TcpSocket& socket) { return socket; }
inline TcpSocket& lowest(TlsSocket& socket) { return socket.next_layer(); }

// A stream that shows passing bytes to WebSocketFrames, and first yields what the HTTP server had
// read already.
template <class Next>
class WatchedStream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using next_layer_type = Next;

  WatchedStream(Next next, std::string received)
      : next_(std::move(next)), received_(std::move(received)) {}

  executor_type get_executor() { return next_.get_executor(); }
  Next& next_layer() { return next_; }
  // Counting begins here: the handshake's own bytes are no frames.
  void watch(WebSocketLink::Watcher watcher, std::uint32_t fragments_max) {
    watcher_ = std::move(watcher);
    fragments_max_ = fragments_max;
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_compose<Token, void(beast::error_code, std::size_t)>(
        Read<Buffers>{*this, buffers}, token, next_);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return next_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  template <class Buffers>
  struct Read {
    WatchedStream& stream;
    Buffers buffers;
    int step = 0;
    std::size_t early = 0;

    template <class Self>
    void operator()(Self& self, beast::error_code error = {}, std::size_t count = 0) {
      if (step++ == 0) {
        if (stream.received_.empty()) return stream.next_.async_read_some(buffers, std::move(self));
        early = boost::asio::buffer_copy(buffers, boost::asio::buffer(stream.received_));
        stream.received_.erase(0, early);
        return boost::asio::post(stream.get_executor(), std::move(self));
      }
      count += early;
      stream.inspect(buffers, count);
      self.complete(error, count);
    }
  };

  template <class Buffers>
  void inspect(const Buffers& buffers, std::size_t count) {
    if (!watcher_ || count == 0) return;
    watcher_(WebSocketLink::Seen::bytes);
    if (fragments_max_ == 0) return;
    for (const boost::asio::const_buffer part : beast::buffers_range_ref(buffers)) {
      const auto size = std::min(count, part.size());
      frames_.inspect({static_cast<const char*>(part.data()), size});
      count -= size;
    }
    if (frames_.fragments_max() > fragments_max_) {
      watcher_(WebSocketLink::Seen::fragments_too_many);
    }
  }

  Next next_;
  std::string received_;
  WebSocketFrames frames_;
  WebSocketLink::Watcher watcher_;
  std::uint32_t fragments_max_ = 0;
};

// Beast finds these by their names when a WebSocket ends.
template <class Next>
void teardown(beast::role_type role, WatchedStream<Next>& stream, beast::error_code& error) {
  using beast::websocket::teardown;
  teardown(role, stream.next_layer(), error);
}
template <class Next, class Handler>
void async_teardown(beast::role_type role, WatchedStream<Next>& stream, Handler&& handler) {
  using beast::websocket::async_teardown;
  async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

template <class Next>
class BeastLink final : public WebSocketLink {
 public:
  using Stream = beast::websocket::stream<WatchedStream<Next>, false>;
  static constexpr auto kToken = boost::asio::as_tuple(boost::asio::use_awaitable);

  BeastLink(Next next, std::string received, const WebSocketLimits& limits,
            std::uint32_t fragments_max)
      : stream_(std::move(next), std::move(received)), fragments_max_(fragments_max) {
    stream_.read_message_max(limits.message_bytes_max);
    stream_.auto_fragment(false);
  }

  Stream& stream() { return stream_; }

  void watch(Watcher watcher) override {
    stream_.control_callback([watcher](beast::websocket::frame_type kind, beast::string_view) {
      watcher(kind == beast::websocket::frame_type::close ? Seen::peer_close : Seen::control);
    });
    stream_.next_layer().watch(std::move(watcher), fragments_max_);
  }

  Task<bool> read(WebSocketMessage& into) override {
    const auto [error, count] = co_await stream_.async_read(buffer_, kToken);
    if (error) {
      note_end(error);
      co_return false;
    }
    into.kind = stream_.got_text() ? WebSocketMessage::Kind::text : WebSocketMessage::Kind::binary;
    into.data.assign(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    buffer_.clear();
    co_return true;
  }

  Task<bool> write(const WebSocketMessage& message) override {
    stream_.text(message.kind == WebSocketMessage::Kind::text);
    const auto [error, count] =
        co_await stream_.async_write(boost::asio::buffer(message.data), kToken);
    co_return !error;
  }

  Task<bool> ping() override {
    const auto [error] = co_await stream_.async_ping({}, kToken);
    co_return !error;
  }

  Task<> close(std::uint16_t code, std::string reason) override {
    const beast::websocket::close_reason why(static_cast<beast::websocket::close_code>(code),
                                             beast::string_view(reason));
    const auto [error] = co_await stream_.async_close(why, kToken);
    if (!error) how_ = WebSocketEnd::peer;
  }

  void abort() override {
    beast::error_code ignored;
    lowest(stream_.next_layer().next_layer()).close(ignored);
  }

  [[nodiscard]] WebSocketEnd how() const override { return how_; }
  [[nodiscard]] std::optional<std::uint16_t> peer_close_code() const override {
    const auto code = static_cast<std::uint16_t>(stream_.reason().code);
    return code == 0 ? std::nullopt : std::optional(code);
  }

 private:
  void note_end(const beast::error_code& error) {
    using beast::websocket::condition;
    namespace ws = beast::websocket;
    if (error == ws::error::closed) {
      how_ = WebSocketEnd::peer;
    } else if (error == ws::error::message_too_big) {
      how_ = WebSocketEnd::message_too_large;
    } else if (error == ws::error::bad_frame_payload) {
      how_ = WebSocketEnd::not_utf8;
    } else if (error == condition::protocol_violation) {
      how_ = WebSocketEnd::protocol_error;
    }
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  std::uint32_t fragments_max_;
  WebSocketEnd how_ = WebSocketEnd::gone;
};

}  // namespace antiphon
