// make simulate SEEDS=10000: runs a call for each seed on every core, shrinks those that fail and
// writes them where the tests read them.
//
//   simulate [--seeds N] [--from FIRST] [--jobs N] [--keep FOLDER] [--print SEED] [FILE...]
//
// A call runs in a child process, so one that aborts or never ends is a finding like the others.
// Exit status 1 when a call failed.
#include "calls/call_checks.h"
#include "calls/shrink.h"
#include "core/check.h"
#include "core/system_clock.h"
#include "testing/run.h"

#include <fmt/format.h>

#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace antiphon::simulated {
namespace {

constexpr time_t kCallSecondsMax = 20;  // of processor time: a busy machine makes no call hang
constexpr std::size_t kShrunkMax = 8;
constexpr std::uint64_t kSeedsAtOnce = 25;

struct Options {
  std::uint64_t seeds = 1'000;
  std::uint64_t from = 1;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  std::filesystem::path keep;
  std::vector<std::string> files;
  std::uint64_t print = 0;
};

struct Failure {
  std::uint64_t seed = 0;
  std::string faults;  // "check: detail", one a line
};

std::string first_check(std::string_view faults) {
  return std::string(faults.substr(0, faults.find(':')));
}

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

struct Child {
  pid_t id = 0;
  int output = -1;
};

// `work` writes to the file it is given; its process ends with it.
template <class Work>
Child start_child(const Work& work) {
  std::array<int, 2> ends{};
  CHECK(::pipe(ends.data()) == 0, "a process may open a pipe");
  std::fflush(nullptr);
  const pid_t id = ::fork();
  CHECK(id >= 0, "a process may fork");
  if (id == 0) {
    ::close(ends[0]);
    work(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  return {id, ends[0]};
}

// Everything the child wrote, and how it ended.
std::pair<std::string, int> finish_child(const Child& child) {
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(child.output, piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<std::size_t>(count));
  ::close(child.output);
  int status = 0;
  ::waitpid(child.id, &status, 0);
  return {std::move(text), status};
}

// From now on this process may run for one call more; SIGPROF ends it otherwise.
void allow_one_call() {
  const itimerval limit{{}, {kCallSecondsMax, 0}};
  ::setitimer(ITIMER_PROF, &limit, nullptr);
}

std::string death_of(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) return "hang: the call never ended\n";
  return fmt::format("crash: the process ended with status {:#x}\n", static_cast<unsigned>(status));
}

std::string faults_of(const CallScript& script) {
  return print_faults(check_call(run_call(script)));
}

// In a process of its own.
std::string judge(const CallScript& script) {
  const Child child = start_child([&script](int output) {
    allow_one_call();
    write_all(output, faults_of(script));
  });
  auto [text, status] = finish_child(child);
  return status == 0 ? text : death_of(status);
}

// Runs seeds [from, to) and adds those that fail; the child tells "seed length\nfaults" each.
Child start_batch(std::uint64_t from, std::uint64_t to) {
  return start_child([from, to](int output) {
    for (std::uint64_t seed = from; seed < to; ++seed) {
      allow_one_call();
      const std::string faults = faults_of(make_script(Seed{seed}));
      write_all(output, fmt::format("{} {}\n{}", seed, faults.size(), faults));
    }
  });
}

// The first seed that was not judged.
std::uint64_t read_batch(std::string_view text, std::uint64_t from,
                         std::vector<Failure>& failures) {
  std::uint64_t next = from;
  while (!text.empty()) {
    const std::size_t line = text.find('\n');
    const std::size_t gap = text.find(' ');
    if (line == std::string_view::npos || gap > line) break;
    std::size_t length = 0;
    std::from_chars(text.data() + gap + 1, text.data() + line, length);
    if (text.size() < line + 1 + length) break;
    if (length > 0) failures.push_back({next, std::string(text.substr(line + 1, length))});
    text.remove_prefix(line + 1 + length);
    ++next;
  }
  return next;
}

class Runner {
 public:
  explicit Runner(const Options& options)
      : options_(options), next_(options.from), end_(options.from + options.seeds) {}

  std::vector<Failure> run() {
    while (next_ < end_ || !running_.empty()) {
      while (running_.size() < options_.jobs && next_ < end_)
        start(next_, std::min(next_ + kSeedsAtOnce, end_));
      finish_oldest();
      progress();
    }
    std::fputc('\n', stderr);
    return std::move(failures_);
  }

 private:
  struct Batch {
    Child child;
    std::uint64_t from;
    std::uint64_t to;
  };

  void start(std::uint64_t from, std::uint64_t to) {
    running_.push_back({start_batch(from, to), from, to});
    next_ = std::max(next_, to);
  }

  void finish_oldest() {
    const Batch batch = running_.front();
    running_.erase(running_.begin());
    const auto [text, status] = finish_child(batch.child);
    const std::uint64_t judged = read_batch(text, batch.from, failures_);
    done_ += judged - batch.from;
    if (judged == batch.to) return;
    failures_.push_back({judged, death_of(status)});
    ++done_;
    if (judged + 1 < batch.to) start(judged + 1, batch.to);
  }

  void progress() {
    fmt::print(stderr, "\r{} of {} calls, {} failed", done_, options_.seeds, failures_.size());
    std::fflush(stderr);
  }

  const Options& options_;
  std::uint64_t next_;
  std::uint64_t end_;
  std::uint64_t done_ = 0;
  std::vector<Batch> running_;
  std::vector<Failure> failures_;
};

void keep(const Options& options, const Failure& failure) {
  const std::string check = first_check(failure.faults);
  const CallScript smallest =
      shrink(make_script(Seed{failure.seed}), [&check](const CallScript& script) {
        const std::string faults = judge(script);
        return faults.starts_with(check + ':') || faults.contains('\n' + check + ':');
      });
  const std::string text = print_script(smallest);
  fmt::print("seed {} shrunk: {}{}\n", failure.seed, judge(smallest), text);
  if (options.keep.empty()) return;
  const auto path = options.keep / fmt::format("{}-{}.json", check, failure.seed);
  std::filesystem::create_directories(options.keep);
  std::ofstream(path) << text << '\n';
  fmt::print("written to {}\n", path.string());
}

int run_seeds(const Options& options) {
  SystemClock clock;
  const Timepoint began = clock.now();
  const std::vector<Failure> failures = Runner(options).run();
  const double seconds = std::chrono::duration<double>(clock.now() - began).count();
  std::map<std::string, int> by_check;
  for (const Failure& failure : failures) {
    fmt::print("seed {}: {}", failure.seed, failure.faults);
    ++by_check[first_check(failure.faults)];
  }
  std::set<std::string> shrunk;
  for (const Failure& failure : failures) {
    if (shrunk.size() < kShrunkMax && shrunk.insert(first_check(failure.faults)).second) {
      keep(options, failure);
    }
  }
  for (const auto& [check, count] : by_check)
    fmt::print("{}: {} calls\n", check, count);
  fmt::print("{} calls from seed {}: {} failed ({:.0f} calls a second)\n", options.seeds,
             options.from, failures.size(), static_cast<double>(options.seeds) / seconds);
  return failures.empty() ? 0 : 1;
}

int run_files(const Options& options) {
  int failed = 0;
  for (const std::string& name : options.files) {
    std::ifstream file(name);
    const auto script = read_script(std::string(std::istreambuf_iterator<char>(file), {}));
    const std::string faults = script ? judge(*script) : "unreadable: " + script.error().message;
    fmt::print("{}: {}\n", name, faults.empty() ? "ok" : faults);
    if (!faults.empty()) ++failed;
  }
  return failed == 0 ? 0 : 1;
}

// The script of a seed and everything that was recorded.
int print_call(std::uint64_t seed) {
  const CallScript script = make_script(Seed{seed});
  const CallRecord record = run_call(script);
  fmt::print("{}\n{}{}", print_script(script), digest(record), print_faults(check_call(record)));
  return 0;
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

bool read_option(Options& options, std::string_view name, std::string_view value) {
  std::uint64_t jobs = 0;
  if (name == "--seeds") return read_number(value, options.seeds);
  if (name == "--from") return read_number(value, options.from);
  if (name == "--print") return read_number(value, options.print);
  if (name == "--jobs" && read_number(value, jobs)) {
    options.jobs = static_cast<unsigned>(jobs);
    return true;
  }
  if (name == "--keep") options.keep = value;
  return name == "--keep";
}

int run_command(std::vector<std::string> arguments) {
  Options options;
  options.keep = repository_root() / "server/testdata/simulation";
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    if (!arguments[at].starts_with("--")) {
      options.files.push_back(arguments[at]);
    } else if (at + 1 == arguments.size() ||
               !read_option(options, arguments[at], arguments[at + 1])) {
      fmt::print(stderr,
                 "usage: simulate [--seeds N] [--from FIRST] [--jobs N] [--keep FOLDER]\n"
                 "       simulate --print SEED\n"
                 "       simulate FILE...\n");
      return 2;
    } else {
      ++at;
    }
  }
  if (options.print > 0) return print_call(options.print);
  return options.files.empty() ? run_seeds(options) : run_files(options);
}

}  // namespace
}  // namespace antiphon::simulated

int main(int count, char** arguments) {
  return antiphon::simulated::run_command({arguments + 1, arguments + count});
}
