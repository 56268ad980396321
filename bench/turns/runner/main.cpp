// turns_runner: our turn engine on the corpus of bench/turns, in virtual time.
//
//   turns_runner --corpus DIR --half measure --out ours.json [--profile balanced] [--models DIR]
//                 [--item ID] [--answers FILE: what Smart Turn said, for the next run]
//                 [--set silence_max_ms=1200] [--verbose]
//
// Real voice activity and real Smart Turn, whose time is charged; words, model and voice are stubs
// with fixed delays. The result is the format that report.py reads. No time of the machine enters
// it: two runs give the same file.
#include "call.h"
#include "core/metrics.h"
#include "providers/silero/silero_detector.h"
#include "providers/smart_turn/smart_turn_detector.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <map>

namespace antiphon::turns {

namespace {

struct Arguments {
  std::map<std::string, std::string> values;
  std::map<std::string, std::int64_t> settings;
  bool verbose = false;
};

Arguments arguments_of(int count, char** words) {
  Arguments arguments;
  for (int at = 1; at < count; ++at) {
    const std::string name = words[at];
    if (name == "--verbose") {
      arguments.verbose = true;
      continue;
    }
    if (!name.starts_with("--") || at + 1 == count) give_up("do not understand " + name);
    const std::string value = words[++at];
    if (name != "--set") {
      arguments.values[name.substr(2)] = value;
      continue;
    }
    const auto equals = value.find('=');
    if (equals == std::string::npos) give_up("--set needs name=number, not " + value);
    std::int64_t number = 0;
    std::from_chars(value.data() + equals + 1, value.data() + value.size(), number);
    arguments.settings[value.substr(0, equals)] = number;
  }
  return arguments;
}

TurnProfile profile_of(const std::string& name) {
  if (name == "fast") return TurnProfile::fast;
  if (name == "patient") return TurnProfile::patient;
  if (name == "balanced" || name.empty()) return TurnProfile::balanced;
  give_up("no profile " + name);
}

AgentConfiguration configuration_of(const Arguments& arguments) {
  AgentConfiguration configuration;
  TurnConfiguration& turn = configuration.turn;
  const auto profile = arguments.values.find("profile");
  turn.profile = profile_of(profile == arguments.values.end() ? "" : profile->second);
  for (const auto& [name, value] : arguments.settings) {
    if (name == "silence_min_ms") {
      turn.silence_min_ms = *Integer<100, 2'000>::make(value);
    } else if (name == "silence_max_ms") {
      turn.silence_max_ms = *Integer<100, 5'000>::make(value);
    } else if (name == "pause_after_ms") {
      turn.pause_after_ms = *Integer<40, 1'000>::make(value);
    } else if (name == "stop_after_ms") {
      turn.stop_after_ms = *Integer<60, 2'000>::make(value);
    } else {
      give_up("no setting " + name);
    }
  }
  return configuration;
}

std::string or_null(const std::optional<std::int64_t>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

std::string line_of(const Item& item, const Outcome& outcome) {
  return fmt::format(R"({{"id":"{}","committed_ms":[{}],"first_audio_ms":{},"agent_silent_ms":{},)"
                     R"("resumed_ms":{},"answered":{},"guesses":{}}})",
                     item.id, fmt::join(outcome.committed, ","), or_null(outcome.first_audio),
                     or_null(outcome.agent_silent), or_null(outcome.resumed), outcome.answered,
                     outcome.guesses);
}

struct Models {
  ManualClock clock;
  Metrics metrics;
  InferencePool pool{clock, metrics, {.threads = 1, .capacity = 4}};
  std::unique_ptr<SileroDetector> voice_activity;
  std::unique_ptr<SmartTurnDetector> smart_turn;
};

void open(Models& models, const std::filesystem::path& folder) {
  auto voice_activity = SileroDetector::open(folder / "silero_vad.onnx", models.metrics);
  if (!voice_activity) give_up(voice_activity.error().message);
  models.voice_activity = std::move(*voice_activity);
  auto smart_turn = SmartTurnDetector::open(folder / "smart-turn-v3.2-cpu.onnx", models.pool);
  if (!smart_turn) give_up(smart_turn.error().message);
  models.smart_turn = std::move(*smart_turn);
}

std::string run_all(const Arguments& arguments) {
  const auto value = [&](const char* name, const std::string& otherwise) {
    const auto found = arguments.values.find(name);
    return found == arguments.values.end() ? otherwise : found->second;
  };
  const std::filesystem::path folder = value("corpus", "");
  const Corpus corpus = read_corpus(folder);
  Models models;
  open(models, value("models", models_folder().string()));
  ChargedDetector detector(models.clock, *models.smart_turn);
  const std::string answers = value("answers", "");
  if (!answers.empty()) detector.read(answers);
  Rig rig{*models.voice_activity, detector, read_sound(folder / corpus.agent_wav),
          corpus.agent_text};
  const AgentConfiguration configuration = configuration_of(arguments);
  const std::string half = value("half", "measure");
  const std::string only = value("item", "");
  std::string lines;
  for (const Item& item : corpus.items) {
    if (only.empty() ? item.half != half : !item.id.starts_with(only)) continue;
    const auto outcome = place_call(rig, item, read_sound(folder / item.wav), configuration);
    lines += (lines.empty() ? "  " : ",\n  ") + line_of(item, outcome);
    if (!arguments.verbose) continue;
    std::cerr << item.id << "  speech " << item.speech_start.count() / 1'000'000 << " to "
              << item.speech_end.count() / 1'000'000 << ": " << item.text << '\n';
    for (const std::string& event : outcome.events)
      std::cerr << "    " << event << '\n';
  }
  if (!answers.empty()) detector.write(answers);
  return fmt::format("{{\"system\":\"antiphon\",\"settings\":\"{}\",\"items\":[\n{}\n]}}\n",
                     value("profile", "balanced"), lines);
}

}  // namespace

}  // namespace antiphon::turns

int main(int count, char** words) {
  const auto arguments = antiphon::turns::arguments_of(count, words);
  if (!arguments.values.contains("corpus")) {
    antiphon::turns::give_up("--corpus DIR is missing: where bench/turns/corpus.py wrote it");
  }
  const std::string result = antiphon::turns::run_all(arguments);
  const auto out = arguments.values.find("out");
  if (out == arguments.values.end()) {
    std::cout << result;
  } else if (!(std::ofstream(out->second) << result)) {
    antiphon::turns::give_up("cannot write " + out->second);
  }
}
