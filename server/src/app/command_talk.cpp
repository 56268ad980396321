#include "app/call_picture.h"
#include "app/commands.h"
#include "app/run_until_done.h"
#include "app/talk.h"
#include "app/talk_json.h"
#include "core/system_clock.h"
#include "dsp/audio_file.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

namespace antiphon {

namespace {

constexpr std::size_t kBarColumns = 40;

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 30) return size.ws_col - 8U;
  return 72;
}

void print_event(const TalkEvent& event) {
  const double seconds = static_cast<double>(event.at_ms) / 1'000;
  const auto line = [seconds](std::string_view who, std::string_view what) {
    fmt::print("{:7.2f}s  {:<7} {}\n", seconds, who, what);
    std::fflush(stdout);
  };
  if (event.type == "session.waiting") {
    line("server", event.message);
  } else if (event.type == "transcript.final") {
    line("caller", event.text);
  } else if (event.type == "reply.text") {
    line("agent", event.text);
  } else if (event.type == "reply.interrupted") {
    line("", fmt::format("interrupted; heard: {}", event.heard.empty() ? "nothing" : event.heard));
  } else if (event.type == "agent.resumed") {
    line("", "no interruption: the agent goes on");
  } else if (event.type == "error") {
    line("error", event.message);
  } else if (event.type == "session.ended") {
    line("", fmt::format("ended: {}", event.reason));
  }
}

std::optional<std::chrono::milliseconds> time_of(const std::optional<std::int64_t>& count) {
  return count ? std::optional(std::chrono::milliseconds(*count)) : std::nullopt;
}

void print_report(const TalkOutcome& outcome, const std::string& url) {
  fmt::print("\n{}\n", draw_ribbon(outcome.caller, outcome.agent, terminal_columns()));
  int reply = 0;
  for (const TalkEvent& event : outcome.events) {
    if (event.type != "reply.latency") continue;
    fmt::print("Reply {}, after the caller's last sound\n", ++reply);
    std::array steps{WaterfallStep{"end of turn decided", time_of(event.turn_ended_ms)},
                     WaterfallStep{"transcript final", time_of(event.transcript_final_ms)},
                     WaterfallStep{"first text", time_of(event.first_text_ms)},
                     WaterfallStep{"first audio ready", time_of(event.first_audio_ready_ms)},
                     WaterfallStep{"first audio sent", time_of(event.first_audio_sent_ms)}};
    // The transcript may be final before the end of the turn is decided, or after.
    std::ranges::sort(steps, {}, [](const WaterfallStep& step) {
      return step.at.value_or(std::chrono::hours(1));
    });
    fmt::print("{}\n", draw_waterfall(steps, kBarColumns));
  }
  if (outcome.reply_after) {
    fmt::print("Heard here {} ms after the end of the question.\n", outcome.reply_after->count());
  }
  fmt::print("Conversation {}\n  {}/api/conversations/{}\n", outcome.conversation, url,
             outcome.conversation);
}

// Before the call is made: a recording that cannot be kept is found out now, not at its end.
Result<> check_writable(const std::filesystem::path& file) {
  std::error_code ignored;
  const bool existed = std::filesystem::exists(file, ignored);
  const bool writable = std::ofstream(file, std::ios::binary | std::ios::app).is_open();
  if (!writable) {
    return failure(ErrorCode::invalid_argument, file.string() + " cannot be written; see --out");
  }
  if (!existed) std::filesystem::remove(file, ignored);
  return {};
}

Result<TalkRequest> request_of(const Options& options) {
  TalkRequest request;
  request.url = options.get("url");
  while (request.url.ends_with('/'))
    request.url.pop_back();
  request.agent = options.get("agent");
  request.version = options.get("version");
  auto input = options.require("in");
  if (!input) return std::unexpected(std::move(input.error()));
  auto question = read_audio_file(*input);
  if (!question) return std::unexpected(std::move(question.error()));
  request.question = std::move(*question);
  if (options.has("interrupt")) {
    auto interruption = read_audio_file(options.get("interrupt"));
    if (!interruption) return std::unexpected(std::move(interruption.error()));
    request.interruption = std::move(*interruption);
  }
  auto at = parse_duration(options.get("at"));
  if (!at) return std::unexpected(std::move(at.error()));
  request.interrupt_at = *at;
  auto key = find_api_key(options);
  if (!key) return std::unexpected(std::move(key.error()));
  request.key = std::move(*key);
  if (options.has("out")) {
    if (auto writable = check_writable(options.get("out")); !writable) {
      return std::unexpected(std::move(writable.error()));
    }
  }
  return request;
}

}  // namespace

int run_talk(const Options& options) {
  auto request = request_of(options);
  if (!request) return fail(request.error());
  const bool json = options.has("json");
  const std::string url = request->url;
  SystemClock clock;
  boost::asio::io_context loop;
  const auto outcome =
      run_until_done(loop, talk(loop.get_executor(), clock, std::move(*request),
                                json ? TalkObserver{} : TalkObserver(print_event)));
  if (!outcome) return fail(outcome.error());
  if (options.has("out")) {
    const auto written = write_call_recording(options.get("out"), outcome->caller, outcome->agent);
    if (!written) return fail(written.error());
  }
  if (!json) {
    print_report(*outcome, url);
    return 0;
  }
  TalkReport report{outcome->conversation, url + "/api/conversations/" + outcome->conversation,
                    std::nullopt,
                    static_cast<std::int64_t>(outcome->caller.size() * 1'000 / kEngineRate.value()),
                    outcome->events};
  if (outcome->reply_after) report.reply_after_ms = outcome->reply_after->count();
  fmt::print("{}\n", to_json(report));
  return 0;
}

}  // namespace antiphon
