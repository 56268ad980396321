#include "process/sandbox.h"

#include <seccomp.h>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

namespace antiphon {

namespace {

// The socket calls themselves, then the ways around them and out of the process.
constexpr std::array kDeniedCalls{
    SCMP_SYS(socket),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(kexec_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(pidfd_getfd),
};

struct ReleaseFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};

std::unexpected<Error> failed(ErrorCode code, const std::string& step, int number) {
  return failure(code, "preparing the sandbox: " + step + ": " + std::strerror(number));
}

// seccomp_load() allocates, so the program is exported here and loaded with prctl() after the fork.
Result<std::vector<sock_filter>> network_filter() {
  const std::unique_ptr<void, ReleaseFilter> filter(seccomp_init(SCMP_ACT_ALLOW));
  if (!filter) return failed(ErrorCode::unsupported, "seccomp", ENOMEM);
  for (const int call : kDeniedCalls) {
    const int outcome = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0);
    if (outcome != 0) return failed(ErrorCode::unsupported, "seccomp", -outcome);
  }
  const Descriptor file(memfd_create("seccomp", MFD_CLOEXEC));
  if (!file.is_open()) return failed(ErrorCode::resource_exhausted, "memfd", errno);
  const int outcome = seccomp_export_bpf(filter.get(), file.number());
  if (outcome != 0) return failed(ErrorCode::unsupported, "seccomp", -outcome);
  const auto size = static_cast<std::size_t>(lseek(file.number(), 0, SEEK_END));
  std::vector<sock_filter> program(size / sizeof(sock_filter));
  if (pread(file.number(), program.data(), size, 0) != static_cast<ssize_t>(size)) {
    return failed(ErrorCode::internal, "reading the filter", errno);
  }
  return program;
}

int landlock_version() {
  const long version =
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

constexpr std::uint64_t kRead =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
constexpr std::uint64_t kOfFiles =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;

Result<> allow(int ruleset, const std::filesystem::path& path, std::uint64_t access) {
  const Descriptor place(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.is_open()) return failed(ErrorCode::invalid_argument, path.string(), errno);
  struct stat status{};
  if (fstat(place.number(), &status) == 0 && !S_ISDIR(status.st_mode)) access &= kOfFiles;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = place.number();
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return failed(ErrorCode::unsupported, path.string(), errno);
  }
  return {};
}

Result<Descriptor> file_ruleset(const FileRules& files) {
  if (landlock_version() == 0) return Descriptor();
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kRead | kWrite;
  Descriptor ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset.is_open()) return failed(ErrorCode::unsupported, "Landlock", errno);
  for (const auto& path : files.readable) {
    const auto added = allow(ruleset.number(), path, kRead);
    if (!added) return std::unexpected(added.error());
  }
  for (const auto& path : files.writable) {
    const auto added = allow(ruleset.number(), path, kRead | kWrite);
    if (!added) return std::unexpected(added.error());
  }
  return ruleset;
}

}  // namespace

SandboxSupport sandbox_support() {
  return {prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0, landlock_version()};
}

Result<PreparedSandbox> prepare_sandbox(const Sandbox& sandbox) {
  PreparedSandbox prepared;
  if (sandbox.network == Network::denied) {
    auto filter = network_filter();
    if (!filter) return std::unexpected(filter.error());
    prepared.filter = std::move(*filter);
  }
  if (sandbox.files) {
    auto ruleset = file_ruleset(*sandbox.files);
    if (!ruleset) return std::unexpected(ruleset.error());
    prepared.landlock = std::move(*ruleset);
  }
  return prepared;
}

}  // namespace antiphon
