#include "process/sandbox.h"

#include "core/system_clock.h"
#include "process/run_child.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// A server on this machine that accepts whoever reaches it.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    listen(socket_.number(), 8);
  }
  [[nodiscard]] int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

 private:
  Descriptor socket_;
};

class SandboxTest : public testing::Test {
 protected:
  ChildOutput bash(const std::string& script, Sandbox sandbox) {
    ChildRun job;
    job.options.arguments = {"/bin/bash", "-c", script};
    job.options.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"};
    job.options.sandbox = std::move(sandbox);
    auto output = run(loop_, run_child(launcher_, clock_, std::move(job)));
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output ? *output : ChildOutput{};
  }

  boost::asio::io_context loop_;
  SystemClock clock_;
  Launcher launcher_;
};

TEST_F(SandboxTest, WithoutNetworkAServerNextDoorCannotBeReached) {
  ASSERT_TRUE(sandbox_support().seccomp);
  const Listener listener;
  const std::string script =
      "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(listener.port()) + " && echo connected";
  EXPECT_EQ(bash(script, {}).output, "connected\n");
  const ChildOutput denied = bash(script, {.network = Network::denied, .files = {}});
  EXPECT_EQ(denied.output, "");
  EXPECT_NE(denied.error.find("Permission denied"), std::string::npos) << denied.error;
}

TEST_F(SandboxTest, WithoutNetworkNoSocketOfAnyFamilyOpens) {
  const std::string script =
      "python3 -c '\n"
      "import socket\n"
      "for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):\n"
      "  try: socket.socket(family, socket.SOCK_DGRAM); print(\"open\")\n"
      "  except PermissionError: print(\"denied\")\n'";
  EXPECT_EQ(bash(script, {}).output, "open\nopen\nopen\nopen\n");
  EXPECT_EQ(bash(script, {.network = Network::denied, .files = {}}).output,
            "denied\ndenied\ndenied\ndenied\n");
}

TEST_F(SandboxTest, WithoutNetworkTheWaysAroundAreShut) {
  // io_uring_setup 425, ptrace 101, unshare 272, bpf 321: numbers of x86-64.
#if defined(__x86_64__)
  const std::string script =
      "python3 -c '\n"
      "import ctypes\n"
      "libc = ctypes.CDLL(None, use_errno=True)\n"
      "for number in (425, 101, 272, 321): libc.syscall(number, 0, 0, 0, 0); "
      "print(ctypes.get_errno())\n'";
  EXPECT_EQ(bash(script, {.network = Network::denied, .files = {}}).output, "13\n13\n13\n13\n");
#else
  GTEST_SKIP() << "system call numbers of another machine";
#endif
}

TEST_F(SandboxTest, AGrandchildIsBoundToo) {
  const Listener listener;
  const std::string script = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/" +
                             std::to_string(listener.port()) + "' && echo connected";
  EXPECT_EQ(bash(script, {.network = Network::denied, .files = {}}).output, "");
}

TEST_F(SandboxTest, ReachesOnlyTheFilesItIsGiven) {
  if (sandbox_support().landlock_version == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const TemporaryFolder folder;
  const TemporaryFolder other;
  std::ofstream(other.path() / "secret") << "secret";
  Sandbox sandbox;
  sandbox.files =
      FileRules{{"/usr", "/bin", "/lib", "/lib64", "/etc"}, {folder.path(), "/dev/null"}};
  const ChildOutput output =
      bash("echo mine > " + (folder.path() / "file").string() + "; cat " +
               (folder.path() / "file").string() + "; cat " + (other.path() / "secret").string() +
               "; echo no > " + (other.path() / "file").string(),
           std::move(sandbox));
  EXPECT_EQ(output.output, "mine\n");
  EXPECT_NE(output.error.find("secret: Permission denied"), std::string::npos) << output.error;
  EXPECT_FALSE(std::filesystem::exists(other.path() / "file"));
}

TEST_F(SandboxTest, APathThatDoesNotExistIsNamed) {
  if (sandbox_support().landlock_version == 0) GTEST_SKIP() << "this kernel has no Landlock";
  Sandbox sandbox;
  sandbox.files = FileRules{{"/absent"}, {}};
  const auto prepared = prepare_sandbox(sandbox);
  ASSERT_FALSE(prepared.has_value());
  EXPECT_EQ(prepared.error().message, "preparing the sandbox: /absent: No such file or directory");
}

}  // namespace
}  // namespace antiphon
