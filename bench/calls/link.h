// One non-blocking TCP connection of an epoll loop, with what could not be sent yet.
//
// Limits  kBacklogMost bytes wait to be sent; beyond that the link counts as broken.
// Errors  is_broken(): the other side is gone, or does not read.
// Thread  that of its loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace calls {

inline constexpr std::size_t kBacklogMost = 8 << 20;

class Link {
 public:
  // Owns `descriptor`. `identity` is what the loop's events carry.
  Link(int poll, int descriptor, std::uint64_t identity);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  // Connects to the loopback; what is sent before it stands goes out afterwards.
  static int dial(std::uint16_t port);
  // Listens on the loopback; exits the program where the port is taken.
  static int listen(std::uint16_t port);
  // An epoll event for reading, of a descriptor that is no Link.
  static void watch(int poll, int descriptor, std::uint64_t identity);

  void send(std::string_view bytes);
  void flush();
  // Appends what has arrived to input.
  void receive();
  void close();

  [[nodiscard]] bool is_broken() const { return broken_; }
  [[nodiscard]] std::size_t backlog() const { return output_.size() - sent_; }

  std::string input;

 private:
  void ask_for_room(bool wanted);

  int poll_;
  int descriptor_;
  std::uint64_t identity_;
  std::string output_;
  std::size_t sent_ = 0;
  bool waits_for_room_ = false;
  bool broken_ = false;
};

}  // namespace calls
