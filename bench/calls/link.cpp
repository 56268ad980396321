#include "link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace calls {
namespace {

constexpr std::size_t kReadAtOnce = 256 << 10;

// Nothing but the loopback is ever called: a generator of load must not meet strangers.
sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Link::Link(int poll, int descriptor, std::uint64_t identity)
    : poll_(poll), descriptor_(descriptor), identity_(identity) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  watch(poll, descriptor, identity);
}

Link::~Link() { close(); }

int Link::dial(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  return descriptor;
}

int Link::listen(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in address = loopback(port);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(descriptor, 1024) != 0) {
    std::perror("listen");
    std::exit(1);
  }
  return descriptor;
}

void Link::watch(int poll, int descriptor, std::uint64_t identity) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = identity}};
  epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

void Link::ask_for_room(bool wanted) {
  if (wanted == waits_for_room_) return;
  waits_for_room_ = wanted;
  epoll_event event{.events = EPOLLIN | (wanted ? static_cast<std::uint32_t>(EPOLLOUT) : 0U),
                    .data = {.u64 = identity_}};
  epoll_ctl(poll_, EPOLL_CTL_MOD, descriptor_, &event);
}

void Link::send(std::string_view bytes) {
  if (broken_) return;
  output_.append(bytes);
  if (!waits_for_room_) flush();
  if (backlog() > kBacklogMost) broken_ = true;
}

void Link::flush() {
  while (!broken_ && backlog() > 0) {
    const ssize_t sent =
        ::send(descriptor_, output_.data() + sent_, backlog(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      sent_ += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN || errno == ENOTCONN) {
      break;
    } else {
      broken_ = true;
    }
  }
  if (backlog() == 0) {
    output_.clear();
    sent_ = 0;
  }
  if (!broken_) ask_for_room(backlog() > 0);
}

void Link::receive() {
  static std::array<char, kReadAtOnce> buffer;
  const ssize_t size = recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (size > 0) {
    input.append(buffer.data(), static_cast<std::size_t>(size));
  } else if (size == 0 || errno != EAGAIN) {
    broken_ = true;
  }
}

void Link::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  broken_ = true;
}

}  // namespace calls
