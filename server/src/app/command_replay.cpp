#include "app/commands.h"
#include "app/data_directory.h"
#include "dsp/audio_file.h"
#include "engine/call_replay.h"
#include "json/codec.h"
#include "json/json.h"
#include "store/call_log/call_log_file.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace antiphon {

struct ReplayedMessage {
  std::int64_t at_ms = 0;
  Speaker speaker = Speaker::caller;
  std::string said;
  std::string heard;
};
BOOST_DESCRIBE_STRUCT(ReplayedMessage, (), (at_ms, speaker, said, heard))

struct ReplayedDifference {
  std::int64_t at_ms = 0;
  std::int64_t event = 0;
  std::string input;
  std::string what;
};
BOOST_DESCRIBE_STRUCT(ReplayedDifference, (), (at_ms, event, input, what))

struct ReplayedCall {
  ConversationId conversation;
  bool same = false;
  bool cut = false;
  std::int64_t events = 0;
  std::int64_t frames = 0;
  std::int64_t length_ms = 0;
  std::optional<ReplayedDifference> difference;
  std::vector<ReplayedMessage> messages;
};
BOOST_DESCRIBE_STRUCT(ReplayedCall, (),
                      (conversation, same, cut, events, frames, length_ms, difference, messages))

namespace {

std::int64_t milliseconds(Duration duration) { return to_milliseconds(duration).count(); }

// A file of that name, or the log of that conversation in the data directory.
Result<std::filesystem::path> find_log(const std::string& call, const Options& options) {
  if (std::filesystem::is_regular_file(call)) return std::filesystem::path(call);
  const auto id = Uuid::parse(call);
  if (!id) {
    return failure(ErrorCode::not_found,
                   fmt::format("`{}` is no file and no conversation's id", call));
  }
  std::filesystem::path folder = options.get("data-dir");
  if (folder.empty()) {
    auto standard = default_data_directory([](const char* name) { return environment_value(name); },
                                           geteuid() == 0);
    if (!standard) return standard;
    folder = std::move(*standard);
  }
  std::error_code error;
  for (const auto& workspace : std::filesystem::directory_iterator(folder / "call-logs", error)) {
    auto file = workspace.path() / (id->to_string() + ".calllog");
    if (std::filesystem::is_regular_file(file)) return file;
  }
  return failure(ErrorCode::not_found,
                 fmt::format("there is no log of {} in {}; calls are logged by a server that "
                             "runs with --call-logs",
                             call, (folder / "call-logs").string()));
}

// Both sides on one clock: a frame of the caller ended when it came, one of the agent began.
struct Sound {
  void place(std::vector<Sample>& side, Duration begins, std::span<const Sample> samples) {
    const std::size_t at = begins < Duration::zero() ? 0 : samples_at(begins);
    if (side.size() < at + samples.size()) side.resize(at + samples.size());
    std::ranges::copy(samples, side.begin() + static_cast<std::ptrdiff_t>(at));
  }
  static std::size_t samples_at(Duration time) {
    return static_cast<std::size_t>(time.count()) * kEngineRate.value() / 1'000'000'000;
  }

  std::vector<Sample> caller;
  std::vector<Sample> agent;
};

std::string line_of(const ReplayedMessage& message) {
  std::string line =
      fmt::format("{:>7.1f} s  {:<6}  {}", static_cast<double>(message.at_ms) / 1e3,
                  boost::describe::enum_to_string(message.speaker, ""), message.said);
  if (message.heard != message.said) line += fmt::format("\n{:>19}heard: {}", "", message.heard);
  return line;
}

void print_text(const ReplayedCall& call) {
  for (const ReplayedMessage& message : call.messages)
    fmt::print("{}\n", line_of(message));
  fmt::print("\n{:.1f} s, {} events, {} frames of the agent\n",
             static_cast<double>(call.length_ms) / 1e3, call.events, call.frames);
  if (call.cut) fmt::print("The log ends before the call did.\n");
  if (call.difference) {
    fmt::print("DIFFERS at {:.3f} s, event {} ({}): {}\n",
               static_cast<double>(call.difference->at_ms) / 1e3, call.difference->event,
               call.difference->input, call.difference->what);
  } else {
    fmt::print("The same call, byte for byte.\n");
  }
}

ReplayedCall describe(const StoredCallLog& stored, const ReplayReport& report,
                      std::vector<ReplayedMessage> messages) {
  ReplayedCall call;
  call.conversation = stored.plan.conversation.id;
  call.same = !report.difference;
  call.cut = report.cut;
  call.events = static_cast<std::int64_t>(report.events);
  call.frames = static_cast<std::int64_t>(report.frames);
  call.length_ms = milliseconds(report.length);
  if (const auto& difference = report.difference) {
    call.difference = {milliseconds(difference->at), static_cast<std::int64_t>(difference->event),
                       std::string(name_of(difference->input)), difference->what};
  }
  call.messages = std::move(messages);
  return call;
}

}  // namespace

int run_replay(const Options& options) {
  const auto wanted = options.require("call");
  if (!wanted)
    return fail({ErrorCode::invalid_argument, "which call? (see `antiphon replay --help`)"});
  const auto file = find_log(*wanted, options);
  if (!file) return fail(file.error());
  const auto stored = read_call_log(*file);
  if (!stored) return fail(stored.error());
  std::vector<ReplayedMessage> messages;
  Sound sound;
  ReplayWatcher watcher;
  watcher.on_entry = [&](Duration, const JournalEntry& entry) {
    const auto* message = std::get_if<Message>(&entry.what);
    if (message == nullptr) return;
    messages.push_back({message->started.count(), message->speaker, message->said, message->heard});
  };
  if (options.has("out")) {
    watcher.on_agent = [&](Duration at, const AudioFrame& frame) {
      sound.place(sound.agent, at, frame.samples);
    };
    watcher.on_caller = [&](Duration at, std::span<const Sample> samples) {
      sound.place(sound.caller, at - kFrameDuration, samples);
    };
  }
  const auto report = replay_call(stored->plan, stored->log, watcher);
  if (!report) return fail(report.error());
  const ReplayedCall call = describe(*stored, *report, std::move(messages));
  if (options.has("json")) {
    fmt::print("{}\n", to_json(call));
  } else {
    print_text(call);
  }
  if (options.has("out")) {
    const auto written = write_call_recording(options.get("out"), sound.caller, sound.agent);
    if (!written) return fail(written.error());
  }
  return call.same ? 0 : 1;
}

}  // namespace antiphon
