// What a child may not do, enforced by the kernel: seccomp for system calls, Landlock for files.
//
// Network::denied  no socket of any kind, no io_uring (a way around it), no ptrace, keyrings,
//                  mounts or namespaces.
// files            with Landlock (kernel 5.13) the child reaches only the paths listed; without it
//                  the rule is skipped and sandbox_support() says so.
// Errors  unsupported where seccomp is missing; invalid_argument for a path that does not exist.
#pragma once

#include "core/result.h"
#include "process/descriptor.h"

#include <linux/filter.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace antiphon {

enum class Network : std::uint8_t { allowed, denied };

struct FileRules {
  std::vector<std::filesystem::path> readable;  // and executable
  std::vector<std::filesystem::path> writable;  // and readable
};

struct Sandbox {
  Network network = Network::allowed;
  std::optional<FileRules> files;
};

struct SandboxSupport {
  bool seccomp = false;
  int landlock_version = 0;  // 0: the kernel has none
};

[[nodiscard]] SandboxSupport sandbox_support();

// The rules in the form the kernel takes them, made before fork: after it nothing may allocate.
struct PreparedSandbox {
  std::vector<sock_filter> filter;
  Descriptor landlock;
};

[[nodiscard]] Result<PreparedSandbox> prepare_sandbox(const Sandbox& sandbox);

}  // namespace antiphon
