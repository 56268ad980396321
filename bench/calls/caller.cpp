#include "caller.h"

#include "wire.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace calls {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLead{1'000};
constexpr milliseconds kReplyOver{700};  // without an audible frame
constexpr milliseconds kPlayerEmpty{300};
constexpr milliseconds kGap{500};
constexpr milliseconds kReplyMost{10'000};
constexpr milliseconds kInterruptAfter{1'200};
constexpr milliseconds kStopGrace{100};
constexpr milliseconds kStall{200};
constexpr milliseconds kNewReply{1'000};
constexpr std::chrono::microseconds kPerCode{125};
constexpr long kAudible = 200;  // mean of the absolute samples: a server's silence never counts

constexpr auto kTime0 = Time{};

void send_text(std::string_view text, std::string& out) {
  out += frame_of(Opcode::text, text, Sender::client);
}

}  // namespace

Caller::Caller(int number, const Script& script, Figures& figures)
    : script_(script),
      figures_(figures),
      number_(number),
      stream_("MZ" + std::to_string(1'000'000 + number)) {}

void Caller::start(Time now, std::string& out) {
  const std::string call = "CA" + std::to_string(1'000'000 + number_);
  send_text(R"({"event":"connected","protocol":"Call","version":"1.0.0"})", out);
  send_text(R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC0","streamSid":")" +
                stream_ + R"(","callSid":")" + call +
                R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw",)"
                R"("sampleRate":8000,"channels":1},"customParameters":{}},"streamSid":")" +
                stream_ + R"("})",
            out);
  phase_ = Phase::lead;
  phase_began_ = now;
}

void Caller::stop(std::string& out) const {
  send_text(R"({"event":"stop","sequenceNumber":")" + std::to_string(sequence_ + 1) +
                R"(","stop":{},"streamSid":")" + stream_ + R"("})",
            out);
  out += frame_of(Opcode::close, "\x03\xe8", Sender::client);
}

void Caller::speak(Time now, bool interrupts) {
  phase_ = Phase::speaking;
  next_frame_ = 0;
  ++turn_;
  interrupts_ = interrupts;
  speech_began_ = now;
  cleared_ = kTime0;
  will_interrupt_ =
      !interrupts && script_.interrupt_every > 0 && turn_ % script_.interrupt_every == 0;
}

void Caller::end_speech(Time now) {
  if (interrupts_ && script_.is_measured(speech_began_)) {
    if (played_until_ > now - kStopGrace) {
      ++figures_.not_interrupted;
    } else {
      figures_.interrupted.add(std::max(Clock::duration::zero(), played_until_ - speech_began_));
      if (cleared_ != kTime0) figures_.cleared.add(cleared_ - speech_began_);
    }
  }
  interrupts_ = false;
  phase_ = Phase::waiting;
  speech_ended_ = now;
}

void Caller::advance(Time now) {
  // Callers begin spread over three seconds, and after a greeting.
  const milliseconds spread{number_ * 137 % 3'000};
  switch (phase_) {
    case Phase::lead:
      if (now - phase_began_ > kLead + spread && now - last_audible_ > kReplyOver) {
        speak(now, false);
      }
      break;
    case Phase::gap:
      if (now - phase_began_ > kGap) speak(now, false);
      break;
    case Phase::waiting:
      if (now - speech_ended_ <= kReplyMost) break;
      if (script_.is_measured(speech_ended_)) {
        ++figures_.missed;
        ++figures_.turns;
      }
      phase_ = Phase::gap;
      phase_began_ = now;
      break;
    case Phase::listening:
      if (will_interrupt_ && now - reply_began_ > kInterruptAfter && played_until_ > now) {
        speak(now, true);
      } else if (now - last_audible_ > kReplyOver && now > played_until_ + kPlayerEmpty) {
        phase_ = Phase::gap;
        phase_began_ = now;
      }
      break;
    case Phase::speaking:
      break;
  }
}

void Caller::echo_marks(Time now, std::string& out) {
  while (!marks_.empty() && marks_.front().due <= now) {
    send_text(R"({"event":"mark","streamSid":")" + stream_ + R"(","mark":{"name":")" +
                  marks_.front().name + R"("}})",
              out);
    marks_.pop_front();
  }
}

void Caller::tick(Time now, std::string& out) {
  echo_marks(now, out);
  advance(now);
  const std::string* payload = &script_.silence;
  if (phase_ == Phase::speaking) {
    payload = &script_.speech[next_frame_++];
    if (next_frame_ == script_.speech.size()) end_speech(now);
  }
  std::array<char, 512> text{};
  const int size = std::snprintf(
      text.data(), text.size(),
      R"({"event":"media","sequenceNumber":"%lu","media":{"track":"inbound","chunk":"%lu",)"
      R"("timestamp":"%lu","payload":"%s"},"streamSid":"%s"})",
      sequence_ + 1, sequence_, (sequence_ - 1) * 20, payload->c_str(), stream_.c_str());
  ++sequence_;
  send_text(std::string_view(text.data(), static_cast<std::size_t>(size)), out);
}

void Caller::pace(Time now, Clock::duration length) {
  const bool measured = script_.is_measured(now);
  if (run_began_ == kTime0 || now - last_audible_ > kNewReply) {
    run_began_ = now;
    run_length_ = {};
  } else {
    const Clock::duration late = now - (run_began_ + run_length_);
    if (measured) {
      figures_.lateness.add(std::max(Clock::duration::zero(), late));
      if (late > kStall) ++figures_.stalls;
      if (late <= kStall) figures_.jitter.add(std::chrono::abs(now - last_audible_ - last_length_));
    }
    if (late > kStall) {  // a hole is counted once
      run_began_ = now;
      run_length_ = {};
    }
  }
  run_length_ += length;
  last_length_ = length;
}

void Caller::media(std::string_view payload, Time now) {
  static std::array<char, 64 << 10> codes;
  const std::size_t size = decode_base64(payload, codes);
  if (size == 0) return;
  ++figures_.frames;
  long sum = 0;
  for (std::size_t at = 0; at < size; ++at) {
    sum += std::abs(mulaw_samples()[static_cast<std::uint8_t>(codes[at])]);
  }
  if (sum / static_cast<long>(size) < kAudible) return;
  if (phase_ == Phase::waiting) {
    reply_began_ = now;
    phase_ = Phase::listening;
    run_began_ = kTime0;
    if (script_.is_measured(speech_ended_)) {
      ++figures_.turns;
      figures_.reply.add(now - speech_ended_);
    }
  } else if (phase_ == Phase::speaking && !interrupts_) {
    ++figures_.unasked;
  }
  const Clock::duration length = kPerCode * size;
  pace(now, length);
  last_audible_ = now;
  played_until_ = std::max(played_until_, now) + length;
}

void Caller::clear(Time now) {
  if (interrupts_ && cleared_ == kTime0) cleared_ = now;
  played_until_ = std::min(played_until_, now);
  for (Mark& mark : marks_)
    mark.due = now;
}

void Caller::take(std::string_view message, Time now) {
  const std::string_view event = json_field(message, "event");
  if (event == "media") {
    media(json_field(message, "payload"), now);
  } else if (event == "clear") {
    clear(now);
  } else if (event == "mark") {
    marks_.push_back({std::max(played_until_, now), std::string(json_field(message, "name"))});
  }
}

}  // namespace calls
