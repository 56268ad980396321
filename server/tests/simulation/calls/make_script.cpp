// A call made from a seed: mostly a normal world, with one or two things wrong in most calls.
#include "calls/call_script.h"

#include <array>
#include <utility>

namespace antiphon::simulated {

namespace {

constexpr std::array<const char*, 12> kSentences{"when do you open",
                                                 "I would like to book a table",
                                                 "stop",
                                                 "what does it cost",
                                                 "no not that one I said the other one",
                                                 "thanks",
                                                 "my name is",
                                                 "we need a room and",
                                                 "is the pool open in winter too",
                                                 "hello",
                                                 "wait",
                                                 "that is all thank you goodbye"};
constexpr std::array<const char*, 5> kAgreements{"uh-huh", "yeah", "okay", "right", "yeah okay"};
constexpr std::array<const char*, 4> kNumbers{"four one five|two seven|nine nine",
                                              "zero three|two two|five", "one|two|three|four",
                                              "it is seven seven|eight"};
constexpr std::array<const char*, 7> kAnswers{"We open at nine. ",
                                              "That is a good question, let me see. ",
                                              "It costs ten euros. ",
                                              "Yes. ",
                                              "The table is booked, for two, at eight. ",
                                              "Is there anything else? ",
                                              "You reach us by bus, by train and on foot, any day "
                                              "of the week except on Mondays. "};
constexpr std::array<const char*, 3> kGreetings{
    "", "Hello!", "Hello! This is the front desk of the hotel, how can I help you today?"};

class Maker {
 public:
  explicit Maker(Seed seed) : dice_(seed) {
    script_.seed = static_cast<std::int64_t>(seed.value());
  }

  CallScript make() {
    agent();
    network();
    recognizer();
    synthesizer();
    script_.detector.delay_ms = one_in(15) ? 2'000 : below(300);
    script_.detector.complete_percent = below(101);
    script_.detector.failing = one_in(15);
    for (int replies = below(12); replies > 0; --replies)
      script_.replies.push_back(reply());
    for (int acts = 1 + below(12); acts > 0; --acts)
      script_.acts.push_back(act());
    script_.linger_ms = one_in(3) ? below(40'000) : below(6'000);
    script_.end = one_in(2) ? CallEnd::hang_up : static_cast<CallEnd>(below(4));
    return std::move(script_);
  }

 private:
  std::int32_t below(std::int32_t bound) {
    return static_cast<std::int32_t>(dice_.below(static_cast<std::uint64_t>(bound)));
  }
  bool one_in(std::int32_t count) { return below(count) == 0; }
  template <class List>
  const char* any_of(const List& list) {
    return list[static_cast<std::size_t>(below(static_cast<std::int32_t>(list.size())))];
  }

  void agent() {
    AgentScript& agent = script_.agent;
    agent.greeting = any_of(kGreetings);
    agent.profile = static_cast<TurnProfile>(below(3));
    agent.interruptible = !one_in(8);
    agent.speculative = !one_in(3);
    agent.silence_max_ms = one_in(4) ? 300 + below(3'000) : 1'500;
    agent.duration_max_s = one_in(4) ? 10 + below(50) : 90;
    agent.idle_reminder_s = one_in(3) ? 5 + below(10) : 12;
    agent.idle_reminders_max = below(4);
  }

  void network() {
    script_.network.jitter_ms = below(60);
    if (!one_in(3)) return;
    script_.network.loss_percent = one_in(2) ? below(20) : 0;
    script_.network.doubled_percent = one_in(3) ? below(10) : 0;
    script_.network.held_percent = one_in(2) ? below(4) : 0;
  }

  void recognizer() {
    script_.recognizer.partial_every_ms = one_in(6) ? 100 + below(1'500) : 200;
    script_.recognizer.final_delay_ms = one_in(15) ? 5'000 : below(700);
    if (!one_in(3)) return;
    script_.recognizer.fault = static_cast<RecognizerFault>(below(7));
    script_.recognizer.fault_percent = one_in(3) ? 100 : 1 + below(60);
  }

  void synthesizer() {
    script_.synthesizer.first_delay_ms = one_in(15) ? 3'000 : below(500);
    script_.synthesizer.word_times = one_in(2);
    if (!one_in(3)) return;
    script_.synthesizer.fault = static_cast<SynthesizerFault>(below(9));
    script_.synthesizer.fault_percent = one_in(3) ? 100 : 1 + below(60);
  }

  ReplyScript reply() {
    ReplyScript reply;
    reply.texts.clear();
    for (int texts = one_in(12) ? 0 : 1 + below(4); texts > 0; --texts)
      reply.texts.emplace_back(any_of(kAnswers));
    reply.first_delay_ms = one_in(20) ? 12'000 : below(1'500);
    reply.chunk_delay_ms = one_in(20) ? 5'000 : below(300);
    reply.fails = one_in(15);
    if (one_in(10)) reply.end = one_in(2) ? ReplyEnd::end_call : ReplyEnd::hand_over;
    return reply;
  }

  // The mark makes the words of each act different from those of every other.
  std::string marked(const char* words) { return "mark" + std::to_string(++marks_) + ' ' + words; }

  Act act() {
    Act act;
    act.after_ms = one_in(8) ? below(20'000) : below(4'000);
    act.length_ms = 200 + below(2'500);
    act.pause_ms = 200 + below(1'200);
    switch (below(16)) {
      case 0:
        act.kind = ActKind::cough;
        act.length_ms = 60 + below(300);
        break;
      case 1:
        act.kind = ActKind::noise;
        break;
      case 2:
        act.kind = ActKind::flicker;
        break;
      case 3:
        act.kind = ActKind::type;
        act.text = marked("what about tomorrow?");
        break;
      case 4:
        act.kind = ActKind::mute;
        act.length_ms = one_in(3) ? below(20'000) : below(3'000);
        break;
      case 5:
        act.kind = ActKind::dictate;
        act.length_ms = 300 + below(700);
        act.text = marked(any_of(kNumbers));
        break;
      case 6:
        act.kind = one_in(2) ? ActKind::flood : ActKind::revive;
        break;
      case 7:
      case 8:
        act.kind = ActKind::talk_over;
        act.word = 1 + below(8);
        act.text = one_in(3) ? any_of(kAgreements) : marked(any_of(kSentences));
        break;
      case 9:
        act.kind = ActKind::speak;
        act.text = any_of(kAgreements);
        act.length_ms = 200 + below(500);
        break;
      default:
        act.kind = ActKind::speak;
        act.text = marked(any_of(kSentences));
    }
    return act;
  }

  SeededRandom dice_;
  CallScript script_;
  int marks_ = 0;
};

}  // namespace

CallScript make_script(Seed seed) { return Maker(seed).make(); }

}  // namespace antiphon::simulated
