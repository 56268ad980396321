// Everything that happens to one simulated call from outside, as a value: made from a seed, run,
// printed as JSON and read again.
//
// Times are milliseconds of the manual clock. Default values are a well-behaved world: an empty
// CallScript is a caller who is silent for a second and hangs up.
#pragma once

#include "core/random.h"
#include "core/result.h"
#include "domain/turn.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::simulated {

enum class ActKind : std::uint8_t {
  speak,
  dictate,    // groups of text between '|', `length_ms` each, `pause_ms` apart
  talk_over,  // speaks once the agent has begun its word number `word`
  pause,
  cough,
  noise,
  flicker,  // sound and silence in turn, 40 ms each
  type,
  mute,    // sends no frames at all
  flood,   // ten times real time
  revive,  // the providers behave from here on
};
BOOST_DESCRIBE_ENUM(ActKind, speak, dictate, talk_over, pause, cough, noise, flicker, type, mute,
                    flood, revive)

struct Act {
  ActKind kind = ActKind::pause;
  std::int32_t after_ms = 0;  // since the sound of the act before was over
  std::int32_t length_ms = 0;
  std::int32_t pause_ms = 0;
  std::int32_t word = 0;
  std::string text;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const Act&) const = default;
};
BOOST_DESCRIBE_STRUCT(Act, (), (kind, after_ms, length_ms, pause_ms, word, text))

enum class RecognizerFault : std::uint8_t {
  none,
  stalled,
  failing,
  empty,         // a result without text
  doubled,       // every result once more
  out_of_order,  // a result after the one that followed it
  after_end,     // once more, 2 s later
};
BOOST_DESCRIBE_ENUM(RecognizerFault, none, stalled, failing, empty, doubled, out_of_order,
                    after_end)

struct RecognizerScript {
  std::int32_t partial_every_ms = 200;
  std::int32_t final_delay_ms = 150;
  RecognizerFault fault = RecognizerFault::none;
  std::int32_t fault_percent = 0;  // of its results
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const RecognizerScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(RecognizerScript, (),
                      (partial_every_ms, final_delay_ms, fault, fault_percent))

enum class SynthesizerFault : std::uint8_t {
  none,
  stalled,
  failing,
  breaks_off,   // fails after half of the clause
  odd_chunks,   // of 1 to 999 samples
  silence,      // as long as the clause, and nothing in it
  nothing,      // ends without a sample
  very_long,    // a minute of hum behind the clause
  half_frames,  // every second chunk is empty
};
BOOST_DESCRIBE_ENUM(SynthesizerFault, none, stalled, failing, breaks_off, odd_chunks, silence,
                    nothing, very_long, half_frames)

struct SynthesizerScript {
  std::int32_t first_delay_ms = 100;
  bool word_times = true;
  SynthesizerFault fault = SynthesizerFault::none;
  std::int32_t fault_percent = 0;  // of its clauses
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const SynthesizerScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(SynthesizerScript, (), (first_delay_ms, word_times, fault, fault_percent))

struct DetectorScript {
  std::int32_t delay_ms = 60;
  std::int32_t complete_percent = 90;
  bool failing = false;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const DetectorScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(DetectorScript, (), (delay_ms, complete_percent, failing))

enum class ReplyEnd : std::uint8_t { none, end_call, hand_over };
BOOST_DESCRIBE_ENUM(ReplyEnd, none, end_call, hand_over)

struct ReplyScript {
  std::vector<std::string> texts = {"I see."};
  std::int32_t first_delay_ms = 100;
  std::int32_t chunk_delay_ms = 20;
  ReplyEnd end = ReplyEnd::none;
  bool fails = false;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const ReplyScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReplyScript, (), (texts, first_delay_ms, chunk_delay_ms, end, fails))

struct NetworkScript {
  std::int32_t jitter_ms = 0;
  std::int32_t loss_percent = 0;
  std::int32_t doubled_percent = 0;
  std::int32_t held_percent = 0;  // frames that are held for 200 ms, and all behind them
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const NetworkScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(NetworkScript, (), (jitter_ms, loss_percent, doubled_percent, held_percent))

struct AgentScript {
  std::string greeting;
  TurnProfile profile = TurnProfile::balanced;
  bool interruptible = true;
  bool speculative = true;
  std::int32_t silence_max_ms = 1'500;
  std::int32_t duration_max_s = 90;
  std::int32_t idle_reminder_s = 12;
  std::int32_t idle_reminders_max = 2;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const AgentScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentScript, (),
                      (greeting, profile, interruptible, speculative, silence_max_ms,
                       duration_max_s, idle_reminder_s, idle_reminders_max))

enum class CallEnd : std::uint8_t {
  hang_up,
  ended_by_api,
  drop_transport,
  nobody,  // until the engine ends it
};
BOOST_DESCRIBE_ENUM(CallEnd, hang_up, ended_by_api, drop_transport, nobody)

struct CallScript {
  std::int64_t seed = 1;
  AgentScript agent;
  NetworkScript network;
  RecognizerScript recognizer;
  SynthesizerScript synthesizer;
  DetectorScript detector;
  std::vector<ReplyScript> replies;  // then "I see." for ever
  std::vector<Act> acts;
  std::int32_t linger_ms = 1'000;  // after the last act
  CallEnd end = CallEnd::hang_up;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  bool operator==(const CallScript&) const = default;
};
BOOST_DESCRIBE_STRUCT(CallScript, (),
                      (seed, agent, network, recognizer, synthesizer, detector, replies, acts,
                       linger_ms, end))

[[nodiscard]] CallScript make_script(Seed seed);

[[nodiscard]] std::string print_script(const CallScript& script);
[[nodiscard]] Result<CallScript> read_script(std::string_view text);

}  // namespace antiphon::simulated
