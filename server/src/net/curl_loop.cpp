#include "core/check.h"
#include "net/curl_loop_state.h"

#include <curl/curl.h>

namespace antiphon {

namespace {

bool initialize_curl() {
  static const bool done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return done;
}

int on_socket(CURL*, curl_socket_t socket, int what, void* loop, void*) {
  static_cast<CurlLoop::State*>(loop)->watch(socket, what);
  return 0;
}

int on_timer(CURLM*, long milliseconds, void* loop) {
  static_cast<CurlLoop::State*>(loop)->set_timer(milliseconds);
  return 0;
}

}  // namespace

CurlLoop::State::State(const Executor& executor_in, std::string authorities_in)
    : executor(executor_in), authorities(std::move(authorities_in)), timer(executor_in) {
  CHECK(initialize_curl(), "libcurl can be initialized");
  multi = curl_multi_init();
  CHECK(multi != nullptr, "libcurl has memory for a loop");
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &on_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kConnectionsIdleMax);
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, kConnectionsMax);
}

CurlLoop::State::~State() {
  // Closes the warm connections, which takes their sockets out of the map.
  curl_multi_cleanup(multi);
  for (auto& [socket, watched] : sockets) {
    watched->wanted = 0;
    watched->descriptor.release();
  }
}

void CurlLoop::State::set_timer(long milliseconds) {
  timer.cancel();
  if (milliseconds < 0) return;
  timer.expires_after(std::chrono::milliseconds(milliseconds));
  // A timer that was due already is not cancelled by its end: its handler may run after us.
  timer.async_wait([this, here = std::weak_ptr(alive)](boost::system::error_code error) {
    if (!error && !here.expired()) act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void CurlLoop::State::watch(int socket, int what) {
  const auto found = sockets.find(socket);
  if (what == CURL_POLL_REMOVE) {
    if (found == sockets.end()) return;
    // The descriptor is libcurl's to close; Asio only watched it.
    found->second->wanted = 0;
    found->second->descriptor.release();
    sockets.erase(found);
    return;
  }
  std::shared_ptr<Watched> watched;
  if (found == sockets.end()) {
    watched = std::make_shared<Watched>(boost::asio::posix::stream_descriptor(executor, socket));
    sockets.emplace(socket, watched);
  } else {
    watched = found->second;
  }
  watched->wanted = what;
  arm(socket, watched);
}

void CurlLoop::State::arm(int socket, const std::shared_ptr<Watched>& watched) {
  using Descriptor = boost::asio::posix::stream_descriptor;
  const auto wait = [this, socket, watched](int poll, int select, Descriptor::wait_type type,
                                            bool Watched::* is_waiting) {
    if ((watched->wanted & poll) == 0 || *watched.*is_waiting) return;
    *watched.*is_waiting = true;
    watched->descriptor.async_wait(
        type, [this, socket, watched, poll, select, is_waiting](boost::system::error_code error) {
          *watched.*is_waiting = false;
          if (error || watched->wanted == 0) return;
          if ((watched->wanted & poll) != 0) act(socket, select);
          if (watched->wanted != 0) arm(socket, watched);
        });
  };
  wait(CURL_POLL_IN, CURL_CSELECT_IN, Descriptor::wait_read, &Watched::is_reading);
  wait(CURL_POLL_OUT, CURL_CSELECT_OUT, Descriptor::wait_write, &Watched::is_writing);
}

void CurlLoop::State::act(int socket, int events) {
  int running = 0;
  curl_multi_socket_action(multi, socket, events, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    void* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    static_cast<CurlTransfer::State*>(transfer)->on_done(code);
  }
}

CurlLoop::CurlLoop(const Executor& executor, std::string authorities)
    : state_(std::make_unique<State>(executor, std::move(authorities))) {}

CurlLoop::~CurlLoop() = default;

}  // namespace antiphon
