#include "providers.h"

#include "wire.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace calls {
namespace {

constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kTimer = 1;
constexpr std::size_t kLatenessMost = 2'000'000;

Clock::duration delay(const Options& options, const char* name, double otherwise) {
  return std::chrono::microseconds(
      static_cast<std::int64_t>(options.number(name, otherwise) * 1000));
}

void set_timer(int timer, Time due) {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(due.time_since_epoch());
  const itimerspec when{.it_interval = {},
                        .it_value = {.tv_sec = since.count() / 1'000'000'000,
                                     .tv_nsec = since.count() % 1'000'000'000}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
}

}  // namespace

ProviderDelays::ProviderDelays(const Options& options)
    : transcript(delay(options, "stt-ms", 150)),
      first_token(delay(options, "llm-ms", 200)),
      token_gap(delay(options, "gap-ms", 10)),
      first_audio(delay(options, "tts-ms", 100)),
      per_character(delay(options, "char-ms", 50)),
      audio_speed(options.number("tts-speed", 10)),
      is_flood(options.text("flood", "off") == "on") {}

Providers::Providers(const Options& options, int poll)
    : poll_(poll),
      listener_(Link::listen(static_cast<std::uint16_t>(options.number("port", 9100)))),
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      delays_(options) {
  Link::watch(poll_, listener_, kListener);
  Link::watch(poll_, timer_, kTimer);
}

void Providers::at(Time due, std::function<void()> act) {
  timers_.push({.due = due, .order = ++orders_, .act = std::move(act)});
}

void Providers::at(Time due, std::uint64_t identity, std::function<void(Connection&)> act) {
  at(due, [this, identity, act = std::move(act)] {
    const auto found = connections_.find(identity);
    if (found == connections_.end() || found->second->link.is_broken()) return;
    act(*found->second);
  });
}

void Providers::fire() {
  while (!timers_.empty() && timers_.top().due <= Clock::now()) {
    const Timer timer = timers_.top();
    timers_.pop();
    if (lateness_.size() >= kLatenessMost) lateness_.clear();
    lateness_.add(Clock::now() - timer.due);
    timer.act();
  }
  if (!timers_.empty()) set_timer(timer_, timers_.top().due);
}

void Providers::accept() {
  while (true) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const std::uint64_t identity = ++identities_;
    connections_[identity] = std::make_unique<Connection>(poll_, descriptor, identity);
  }
}

void Providers::handle(Connection& connection) {
  while (!connection.recognizer) {
    const auto request = take_request(connection);
    if (!request) return;
    answer(connection, *request);
  }
  hear(connection);
}

void Providers::run() {
  std::array<epoll_event, 512> events{};
  while (true) {
    fire();
    const int count = epoll_wait(poll_, events.data(), events.size(), -1);
    for (int at = 0; at < count; ++at) {
      const epoll_event& event = events[static_cast<std::size_t>(at)];
      if (event.data.u64 == kTimer) {
        std::uint64_t rang = 0;
        [[maybe_unused]] const ssize_t size = read(timer_, &rang, sizeof(rang));
      } else if (event.data.u64 == kListener) {
        accept();
      } else if (const auto found = connections_.find(event.data.u64);
                 found != connections_.end()) {
        Connection& connection = *found->second;
        if ((event.events & EPOLLOUT) != 0) connection.link.flush();
        if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
          connection.link.receive();
          handle(connection);
        }
        if (connection.link.is_broken()) connections_.erase(found);
      }
    }
  }
}

std::string Providers::stats() {
  if (lateness_.size() == 0) lateness_.add(0);  // JSON has no word for what was not measured
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(),
                "{\"sockets\":%lu,\"texts\":%lu,\"chats\":%lu,\"speeches\":%lu,\"uploads\":%lu,"
                "\"timer_late_ms_p50\":%.3f,\"timer_late_ms_p99\":%.3f,\"timer_late_ms_max\":%.3f,"
                "\"cpu_s\":%.2f}\n",
                counts_.sockets, counts_.texts, counts_.chats, counts_.speeches, counts_.uploads,
                lateness_.quantile(0.5), lateness_.quantile(0.99), lateness_.most(),
                seconds(used.ru_utime) + seconds(used.ru_stime));
  return text.data();
}

}  // namespace calls
