#include "app/supervised_service.h"

#include "app/embedded_folders.h"
#include "process/run_child.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

constexpr Duration kProbeInterval = 5ms;
constexpr Duration kPauseFirst = 100ms;
constexpr Duration kPauseMax = 10s;
constexpr Duration kGoodRun = 30s;
constexpr unsigned kStartAttempts = 3;
constexpr std::streamoff kLogTail = 16 * 1024;

std::string read_tail(const std::filesystem::path& file, std::uintmax_t start) {
  std::ifstream source(file, std::ios::binary);
  source.seekg(0, std::ios::end);
  const std::streamoff size = source.tellg();
  if (size < 0) return {};
  // A rotated log starts again at zero.
  const auto from = std::cmp_less_equal(start, size) ? static_cast<std::streamoff>(start) : 0;
  source.seekg(std::max(from, size - kLogTail));
  return {std::istreambuf_iterator<char>(source), {}};
}

}  // namespace

std::string_view name_of(ServiceName name) {
  switch (name) {
    case ServiceName::postgres:
      return "postgres";
    case ServiceName::redis:
      return "redis";
  }
  return "";
}

std::string_view name_of(ServiceState state) {
  switch (state) {
    case ServiceState::starting:
      return "starting";
    case ServiceState::ready:
      return "ready";
    case ServiceState::died:
      return "died";
    case ServiceState::restarting:
      return "restarting";
    case ServiceState::stopped:
      return "stopped";
  }
  return "";
}

std::string telling_line(std::string_view log) {
  constexpr std::array kSigns{"FATAL", "PANIC", "ERROR", "could not", "Can't", "Fatal"};
  std::string_view rest = log;
  while (!rest.empty()) {
    const std::size_t start = rest.find_last_of('\n');
    const std::string_view line = start == std::string_view::npos ? rest : rest.substr(start + 1);
    for (const std::string_view sign : kSigns) {
      if (line.find(sign) != std::string_view::npos) return std::string(line);
    }
    if (start == std::string_view::npos) break;
    rest = rest.substr(0, start);
  }
  return last_line(log);
}

SupervisedService::SupervisedService(ServiceContext& context, ServiceRecipe recipe)
    : context_(context), recipe_(std::move(recipe)), watch_(context.executor) {}

std::optional<pid_t> SupervisedService::pid() const {
  return child_ ? std::optional(child_->pid()) : std::nullopt;
}

void SupervisedService::tell(ServiceState state, std::string detail) {
  if (context_.observer) context_.observer({recipe_.name, state, std::move(detail)});
}

std::string SupervisedService::last_words(std::uintmax_t log_start) const {
  return telling_line(read_tail(recipe_.log_file, log_start));
}

Task<Result<>> SupervisedService::start() {
  tell(ServiceState::starting, recipe_.options.arguments.front());
  Result<> outcome;
  for (unsigned round = 0; round < kStartAttempts; ++round) {
    outcome = co_await attempt();
    if (outcome) break;
    // Only a program that ran and gave up may do better next time: for example while the processes
    // of a killed predecessor still hold its shared memory.
    if (outcome.error().code != ErrorCode::unavailable) break;
    const auto paused = co_await context_.clock.sleep_for(next_pause());
    if (!paused) co_return paused;
  }
  if (!outcome) co_return outcome;
  watch_.spawn(keep_running());
  co_return Result<>{};
}

Task<Result<>> SupervisedService::attempt() {
  const auto log = open_service_log(recipe_.log_file);
  if (!log) co_return std::unexpected(log.error());
  std::error_code ignored;
  const std::uintmax_t log_start = std::filesystem::file_size(recipe_.log_file, ignored);
  recipe_.options.output = Redirect::to_descriptor(log->number());
  recipe_.options.error = Redirect::to_descriptor(log->number());
  auto started = context_.launcher.start(context_.executor, recipe_.options);
  if (!started) co_return std::unexpected(started.error());
  child_.emplace(std::move(*started));
  log_start_ = log_start;
  auto ready = co_await wait_until_ready(log_start);
  // Cancelled: stop() ends it in the proper way.
  if (!ready && ready.error().code == ErrorCode::cancelled) co_return ready;
  if (!ready) {
    const auto ended =
        co_await child_->terminate(context_.clock, recipe_.stop_signal, recipe_.stop_grace);
    static_cast<void>(ended);
    child_.reset();
    co_return ready;
  }
  ready_since_ = context_.clock.now();
  tell(ServiceState::ready, "process " + std::to_string(child_->pid()));
  co_return ready;
}

Task<Result<>> SupervisedService::wait_until_ready(std::uintmax_t log_start) {
  const Timepoint deadline = context_.clock.now() + recipe_.ready_max;
  while (!co_await recipe_.is_ready(child_->pid())) {
    if (const auto status = child_->try_wait()) {
      co_return failure(ErrorCode::unavailable, std::string(name_of(recipe_.name)) +
                                                    " did not start (" + status->to_string() +
                                                    "): " + last_words(log_start));
    }
    if (context_.clock.now() >= deadline) {
      co_return failure(ErrorCode::timeout,
                        std::string(name_of(recipe_.name)) +
                            " did not become ready in time: " + last_words(log_start));
    }
    const auto slept = co_await context_.clock.sleep_for(kProbeInterval);
    if (!slept) co_return slept;
  }
  co_return Result<>{};
}

Task<> SupervisedService::keep_running() {
  while (true) {
    const auto status = co_await child_->wait();
    if (!status) co_return;
    const std::string words = last_words(log_start_);
    child_.reset();
    tell(ServiceState::died, status->to_string() + (words.empty() ? "" : ": " + words));
    if (context_.clock.now() - ready_since_ >= kGoodRun) failures_ = 0;
    if (!co_await restart()) co_return;
  }
}

Task<bool> SupervisedService::restart() {
  while (true) {
    const Duration pause = next_pause();
    tell(ServiceState::restarting, "in " + std::to_string(to_milliseconds(pause).count()) + " ms");
    const auto slept = co_await context_.clock.sleep_for(pause);
    if (!slept) co_return false;
    const auto outcome = co_await attempt();
    if (outcome) co_return true;
    if (co_await is_cancelled()) co_return false;
    tell(ServiceState::died, outcome.error().message);
  }
}

Duration SupervisedService::next_pause() {
  const Duration whole = std::min(kPauseMax, kPauseFirst * (1 << std::min(failures_, 7U)));
  ++failures_;
  const auto half = static_cast<std::uint64_t>(whole.count() / 2);
  return Duration(whole.count() / 2 + static_cast<Duration::rep>(context_.random.below(2 * half)));
}

Task<> SupervisedService::stop() {
  watch_.cancel();
  co_await watch_.join();
  if (!child_) co_return;
  const auto status =
      co_await child_->terminate(context_.clock, recipe_.stop_signal, recipe_.stop_grace);
  child_.reset();
  tell(ServiceState::stopped, status ? status->to_string() : status.error().message);
}

}  // namespace antiphon
