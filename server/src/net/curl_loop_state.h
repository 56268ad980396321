// What CurlLoop and CurlTransfer share. Inside net/ only.
#pragma once

#include "net/curl_transfer.h"
#include "net/signal.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace antiphon {

struct CurlLoop::State {
  State(const Executor& executor_in, std::string authorities_in);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  // A socket of libcurl's that is watched. Shared with the waits that are still under way.
  struct Watched {
    explicit Watched(boost::asio::posix::stream_descriptor descriptor_in)
        : descriptor(std::move(descriptor_in)) {}
    boost::asio::posix::stream_descriptor descriptor;
    int wanted = 0;
    bool is_reading = false;
    bool is_writing = false;
  };

  void set_timer(long milliseconds);
  void watch(int socket, int what);
  void arm(int socket, const std::shared_ptr<Watched>& watched);
  void act(int socket, int events);

  Executor executor;
  std::string authorities;
  void* multi;
  boost::asio::steady_timer timer;
  std::shared_ptr<const bool> alive = std::make_shared<const bool>(true);
  std::map<int, std::shared_ptr<Watched>> sockets;
};

struct CurlTransfer::State {
  State(CurlLoop::State& loop_in, TransferPlan plan_in);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  // Callbacks of libcurl.
  std::size_t on_header(std::string_view line);
  std::size_t on_body(std::string_view bytes);
  void on_done(int code);

  void configure();
  void configure_body();
  [[nodiscard]] Error error() const;

  CurlLoop::State& loop;
  TransferPlan plan;
  void* easy;
  void* header_list = nullptr;
  void* connect_list = nullptr;
  Signal changed;
  Response head;
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
  std::string waiting;  // of the body, not yet read
  bool is_head_done = false;
  bool is_paused = false;
  bool is_added = false;
  std::optional<ErrorCode> own_refusal;
  std::optional<int> code;
};

}  // namespace antiphon
