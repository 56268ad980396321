#include "callers.h"

#include "wire.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace calls {
namespace {

constexpr std::size_t kFrameCodes = 160;
constexpr std::int64_t kSlots = 20;
constexpr std::chrono::milliseconds kSlot{1};
constexpr std::chrono::milliseconds kAfterWindow{1'500};
constexpr char kSilence = '\xff';

Clock::duration seconds(double count) {
  return std::chrono::microseconds(static_cast<std::int64_t>(count * 1e6));
}

double own_processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

}  // namespace

Callers::Callers(const Options& options, int poll)
    : options_(options),
      poll_(poll),
      port_(static_cast<std::uint16_t>(options.number("port", 8080))),
      path_(options.text("path", "/ws")),
      calls_(static_cast<std::size_t>(options.number("calls", 1))) {
  script_.interrupt_every = static_cast<int>(options.number("interrupt-every", 3));
}

bool Callers::read_speech() {
  std::ifstream file(options_.text("speech", "speech.ul"), std::ios::binary);
  std::array<char, kFrameCodes> codes{};
  const std::string_view frame(codes.data(), codes.size());
  while (codes.fill(kSilence), file.read(codes.data(), codes.size()), file.gcount() > 0) {
    script_.speech.push_back(base64(frame));
  }
  codes.fill(kSilence);
  script_.silence = base64(frame);
  return !script_.speech.empty();
}

void Callers::dial(std::size_t number, Time now) {
  Call& call = calls_[number];
  call.link = std::make_unique<Link>(poll_, Link::dial(port_), number);
  call.caller = std::make_unique<Caller>(static_cast<int>(number), script_, figures_);
  call.dialled = now;
  call.state = State::connecting;
  call.link->send("GET " + path_ + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
                  "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Version: 13\r\n\r\n");
}

void Callers::lose(Call& call, int why) {
  if (call.state == State::over) return;
  call.state = State::over;
  ++lost_[why];
  call.link->close();
}

void Callers::shake_hands(Call& call, Time now) {
  std::string& input = call.link->input;
  const std::size_t end = input.find("\r\n\r\n");
  if (end == std::string::npos) return;
  const int status = std::atoi(input.c_str() + input.find(' '));
  if (status != 101) return lose(call, status);
  input.erase(0, end + 4);
  figures_.connecting.add(now - call.dialled);
  std::string out;
  call.caller->start(now, out);
  call.link->send(out);
  call.state = State::up;
}

void Callers::read_frames(Call& call, Time now) {
  std::size_t done = 0;
  while (const auto frame = next_frame(call.link->input, done)) {
    done += frame->size;
    if (frame->opcode == Opcode::ping) {
      call.link->send(frame_of(Opcode::pong, frame->payload, Sender::client));
    } else if (frame->opcode == Opcode::close) {
      const auto byte = [&](std::size_t at) {
        return at < frame->payload.size() ? static_cast<std::uint8_t>(frame->payload[at]) : 0;
      };
      return lose(call, byte(0) << 8 | byte(1));
    } else if (frame->final && frame->opcode != Opcode::continuation) {
      call.caller->take(frame->payload, now);
    } else if (frame->opcode != Opcode::pong) {
      if (frame->opcode != Opcode::continuation) call.fragments.clear();
      call.fragments += frame->payload;
      if (frame->final) call.caller->take(call.fragments, now);
    }
  }
  call.link->input.erase(0, done);
}

void Callers::arrive(std::size_t number, Time now) {
  Call& call = calls_[number];
  call.link->receive();
  if (call.state == State::connecting) shake_hands(call, now);
  if (call.state == State::up) read_frames(call, now);
  if (call.link->is_broken()) lose(call, 0);
}

void Callers::tick_due(Time now) {
  std::string out;
  for (; began_ + kSlot * slot_ <= now; ++slot_) {
    for (auto at = static_cast<std::size_t>(slot_ % kSlots); at < calls_.size(); at += kSlots) {
      Call& call = calls_[at];
      if (call.state != State::up) continue;
      const Time started = Clock::now();
      if (script_.is_measured(started)) tick_lateness_.add(started - (began_ + kSlot * slot_));
      out.clear();
      call.caller->tick(started, out);
      call.link->send(out);
      if (call.link->is_broken()) lose(call, 0);
    }
  }
}

void Callers::wait() {
  static std::array<epoll_event, 1024> events;
  const auto next = began_ + kSlot * slot_ - Clock::now();
  const auto nanoseconds = std::max<std::int64_t>(0, std::chrono::nanoseconds(next).count());
  const timespec patience{.tv_sec = 0, .tv_nsec = std::min<std::int64_t>(nanoseconds, 999'999)};
  const int count = epoll_pwait2(poll_, events.data(), events.size(), &patience, nullptr);
  for (int at = 0; at < count; ++at) {
    const epoll_event& event = events[static_cast<std::size_t>(at)];
    Call& call = calls_[event.data.u64];
    if (call.state == State::over) continue;
    if ((event.events & EPOLLOUT) != 0) call.link->flush();
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
      arrive(event.data.u64, Clock::now());
    }
  }
}

void Callers::measure(Time now) {
  const auto process = static_cast<int>(options_.number("process", 0));
  if (!first_.valid() && now >= script_.begin) {
    first_ = usage_later(process, Memory::left_out);
    own_seconds_ = own_processor_seconds();
  }
  if (first_.valid() && !last_.valid() && now >= script_.end) {
    last_ = usage_later(process, Memory::measured);
    own_seconds_ = own_processor_seconds() - own_seconds_;
  }
}

void Callers::hang_up() {
  for (Call& call : calls_) {
    if (call.state != State::up) continue;
    std::string out;
    call.caller->stop(out);
    call.link->send(out);
    call.link->close();
  }
}

bool Callers::run() {
  if (!read_speech()) return false;
  idle_ = usage_of(static_cast<int>(options_.number("process", 0)), Memory::measured);
  const double ramp = options_.number("ramp", 5);
  began_ = Clock::now();
  script_.begin = began_ + seconds(ramp + options_.number("warmup", 8));
  script_.end = script_.begin + seconds(options_.number("duration", 20));
  for (Time now = began_; now < script_.end + kAfterWindow; now = Clock::now()) {
    measure(now);
    while (dialled_ < calls_.size() &&
           now - began_ >=
               seconds(ramp * static_cast<double>(dialled_) / static_cast<double>(calls_.size()))) {
      dial(dialled_++, now);
    }
    tick_due(now);
    wait();
  }
  hang_up();
  print();
  return true;
}

}  // namespace calls
