#include "process/child.h"

#include "core/system_clock.h"
#include "process/run_child.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

ChildRun shell(std::string script) {
  ChildRun run;
  run.options.arguments = {"/bin/sh", "-c", std::move(script)};
  run.options.environment = {"PATH=/usr/bin:/bin"};
  run.time_max = 60s;
  return run;
}

// Programs run in real time, so these tests bound their waits with the real clock and wait for
// events only.
class ChildTest : public testing::Test {
 protected:
  Result<ChildOutput> run_shell(ChildRun run_of_child) {
    return run(loop_, run_child(launcher_, clock_, std::move(run_of_child)));
  }
  Result<Child> start(std::vector<std::string> arguments, Redirect output = {}) {
    ChildOptions options;
    options.arguments = std::move(arguments);
    options.output = output;
    return launcher_.start(loop_.get_executor(), options);
  }
  std::string read_line(const Descriptor& pipe) {
    std::string line;
    char character = 0;
    while (read(pipe.number(), &character, 1) == 1 && character != '\n')
      line += character;
    return line;
  }

  boost::asio::io_context loop_;
  SystemClock clock_;
  Launcher launcher_;
};

TEST_F(ChildTest, GivesOutputErrorAndExitCode) {
  ChildRun job = shell("read line; echo \"got $line\"; echo bad >&2; exit 3");
  job.input = "hello\n";
  const auto output = run_shell(std::move(job));
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->output, "got hello\n");
  EXPECT_EQ(output->error, "bad\n");
  EXPECT_EQ(output->status, (ExitStatus{3, std::nullopt}));
  EXPECT_EQ(output->status.to_string(), "exit code 3");
}

TEST_F(ChildTest, CarriesMoreThanAPipeHoldsBothWays) {
  ChildRun job = shell("cat");
  job.input.assign(1'000'000, 'x');
  job.output_max = ByteCount(1'000'000);
  const auto output = run_shell(job);
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->output, job.input);
}

TEST_F(ChildTest, AProgramThatIgnoresItsInputIsNoError) {
  ChildRun job = shell("exit 0");
  job.input.assign(1'000'000, 'x');
  const auto output = run_shell(job);
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_TRUE(output->status.is_success());
}

TEST_F(ChildTest, TooMuchOutputEndsIt) {
  ChildRun job = shell("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
  job.output_max = ByteCount(100'000);
  const auto output = run_shell(job);
  ASSERT_FALSE(output.has_value());
  EXPECT_EQ(output.error().code, ErrorCode::too_large);
}

TEST_F(ChildTest, TakingTooLongEndsItAndItsChildren) {
  ManualClock clock;
  TaskGroup group(loop_.get_executor());
  std::optional<Result<ChildOutput>> outcome;
  group.spawn(
      detail::store_result(run_child(launcher_, clock, shell("sleep 600 & sleep 600")), outcome));
  run_until_idle(loop_);
  clock.advance(60s);
  while (!outcome)
    loop_.run_one();
  ASSERT_FALSE(outcome->has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
}

TEST_F(ChildTest, AMissingProgramIsNamed) {
  const auto child = start({"/absent/program"});
  ASSERT_FALSE(child.has_value());
  EXPECT_EQ(child.error().code, ErrorCode::not_found);
  EXPECT_EQ(child.error().message,
            "starting /absent/program: running it: No such file or directory");
}

TEST_F(ChildTest, AMissingWorkingDirectoryIsSaid) {
  ChildOptions options;
  options.arguments = {"/bin/true"};
  options.working_directory = "/absent";
  const auto child = launcher_.start(loop_.get_executor(), options);
  ASSERT_FALSE(child.has_value());
  EXPECT_NE(child.error().message.find("its working directory"), std::string::npos);
}

TEST_F(ChildTest, AProgramMustBeNamedByItsAbsolutePath) {
  EXPECT_EQ(start({"sh"}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(start({}).error().code, ErrorCode::invalid_argument);
}

TEST_F(ChildTest, SeesOnlyItsStreamsItsEnvironmentAndItsFolder) {
  const Descriptor leak(dup(2));
  const TemporaryFolder folder;
  ChildRun job = shell(
      "ls /proc/self/fd; pwd; env | grep -v -e PWD -e SHLVL -e _=; "
      "grep NoNewPrivs /proc/self/status");
  job.options.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};
  job.options.working_directory = folder.path();
  job.options.sandbox.network = Network::allowed;
  const auto output = run_shell(job);
  ASSERT_TRUE(output.has_value()) << output.error().message;
  // 3 is the folder that ls reads.
  EXPECT_EQ(output->output, "0\n1\n2\n3\n" + folder.path().string() +
                                "\nPATH=/usr/bin:/bin\nONLY=this\nNoNewPrivs:\t1\n");
}

TEST_F(ChildTest, LeadsASessionOfItsOwn) {
  const auto output = run_shell(shell("ps -o pid=,pgid=,sid= -p $$ | tr -s ' '"));
  ASSERT_TRUE(output.has_value());
  std::istringstream line(output->output);
  pid_t process = 0;
  pid_t group = 0;
  pid_t session = 0;
  line >> process >> group >> session;
  EXPECT_GT(process, 0);
  EXPECT_EQ(group, process);
  EXPECT_EQ(session, process);
}

TEST_F(ChildTest, StartsWithDefaultSignalsWhateverTheParentDid) {
  const auto before = std::signal(SIGTERM, SIG_IGN);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  const auto output = run_shell(shell("grep -E 'SigBlk|SigIgn' /proc/self/status"));
  pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
  std::signal(SIGTERM, before);
  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(ChildTest, ObeysItsLimits) {
  ChildRun job = shell("ulimit -n; ulimit -t; ulimit -f; ulimit -v; ulimit -c");
  job.options.limits.open_files = 32;
  job.options.limits.cpu_time = 7s;
  job.options.limits.file_size = ByteCount(512 * 1024);
  job.options.limits.address_space = ByteCount(1U << 30U);
  const auto output = run_shell(job);
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->output, "32\n7\n1024\n1048576\n0\n");
}

TEST_F(ChildTest, DropsRootForTheAccountItIsGiven) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can change accounts";
  ChildRun job = shell("grep -E '^(Uid|Gid|Groups)' /proc/self/status | tr -s '\\t ' ' '");
  job.options.account = Account{65534, 65533};
  const auto output = run_shell(job);
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->output,
            "Uid: 65534 65534 65534 65534\nGid: 65533 65533 65533 65533\nGroups: \n");
}

TEST_F(ChildTest, APlainUserCannotNameAnotherAccount) {
  // Root tests this from inside a child that has dropped its rights already.
  if (geteuid() == 0) GTEST_SKIP() << "root can";
  ChildRun job = shell("true");
  job.options.account = Account{0, 0};
  EXPECT_EQ(run_shell(job).error().code, ErrorCode::permission_denied);
}

TEST_F(ChildTest, AnyNumberMayWaitForIt) {
  auto child = start({"/bin/sh", "-c", "exit 4"});
  ASSERT_TRUE(child.has_value());
  std::optional<Result<ExitStatus>> first;
  std::optional<Result<ExitStatus>> second;
  TaskGroup group(loop_.get_executor());
  group.spawn(detail::store_result(child->wait(), first));
  group.spawn(detail::store_result(child->wait(), second));
  while (!first || !second)
    loop_.run_one();
  EXPECT_EQ(first->value().code, 4);
  EXPECT_EQ(second->value().code, 4);
  EXPECT_EQ(child->try_wait()->code, 4);
}

TEST_F(ChildTest, ACancelledWaitLeavesItRunning) {
  auto child = start({"/bin/sleep", "600"});
  ASSERT_TRUE(child.has_value());
  TaskGroup group(loop_.get_executor());
  std::optional<Result<ExitStatus>> outcome;
  group.spawn(detail::store_result(child->wait(), outcome));
  run_until_idle(loop_);
  group.cancel();
  run_until_idle(loop_);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
  EXPECT_FALSE(child->try_wait().has_value());
}

TEST_F(ChildTest, TerminateAsksFirst) {
  auto child = start({"/bin/sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.01; done"},
                     Redirect::to_pipe());
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(read_line(child->take_output()), "up");
  const auto status = run(loop_, child->terminate(clock_, SIGTERM, 60s));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 5);
}

TEST_F(ChildTest, TerminateKillsWhatDoesNotAnswerWithItsWholeGroup) {
  auto child =
      start({"/bin/sh", "-c", "trap '' TERM; sleep 600 & echo up; while :; do sleep 0.01; done"},
            Redirect::to_pipe());
  ASSERT_TRUE(child.has_value());
  const Descriptor pipe = child->take_output();
  EXPECT_EQ(read_line(pipe), "up");
  ManualClock clock;
  TaskGroup group(loop_.get_executor());
  std::optional<Result<ExitStatus>> outcome;
  group.spawn(detail::store_result(child->terminate(clock, SIGTERM, 5s), outcome));
  run_until_idle(loop_);
  EXPECT_FALSE(outcome.has_value());
  clock.advance(5s);
  while (!outcome)
    loop_.run_one();
  EXPECT_EQ(outcome->value().signal, SIGKILL);
  EXPECT_EQ(outcome->value().to_string(), "signal 9 (Killed)");
  // The pipe's other end is held by the grandchild alone: its end says that it has gone.
  EXPECT_EQ(read_line(pipe), "");
}

TEST_F(ChildTest, IsKilledWhenItsOwnerGoes) {
  Descriptor pipe;
  pid_t pid = 0;
  {
    auto child = start({"/bin/sleep", "600"}, Redirect::to_pipe());
    ASSERT_TRUE(child.has_value());
    pid = child->pid();
    pipe = child->take_output();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(read_line(pipe), "");
  EXPECT_NE(kill(pid, 0), 0);
}

TEST_F(ChildTest, AThreadThatStartsOneMayEnd) {
  std::optional<Child> child;
  std::thread([&] {
    auto started = start({"/bin/sleep", "600"});
    ASSERT_TRUE(started.has_value());
    child.emplace(std::move(*started));
  }).join();
  ASSERT_TRUE(child.has_value());
  EXPECT_FALSE(child->try_wait().has_value())
      << "the parent-death signal followed the wrong thread";
}

TEST(Launcher, ItsChildrenEndWhenTheProcessIsKilled) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    boost::asio::io_context loop;
    Launcher launcher;
    ChildOptions options;
    options.arguments = {"/bin/sh", "-c", "echo up; exec sleep 600"};
    options.output = Redirect::to_descriptor(pipe_ends[1]);
    const auto child = launcher.start(loop.get_executor(), options);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    pause();
    _exit(0);
  }
  close(pipe_ends[1]);
  std::array<char, 3> up{};
  ASSERT_EQ(read(pipe_ends[0], up.data(), up.size()), 3);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  // Only the grandchild held the pipe: end of file means that the kernel has ended it.
  EXPECT_EQ(read(pipe_ends[0], up.data(), up.size()), 0);
  close(pipe_ends[0]);
}

TEST(LastLine, IsTheLastThatIsNotBlank) {
  EXPECT_EQ(last_line("first\nsecond \n\n"), "second");
  EXPECT_EQ(last_line("one"), "one");
  EXPECT_EQ(last_line(" \n\n"), "");
  EXPECT_EQ(last_line(""), "");
}

}  // namespace
}  // namespace antiphon
