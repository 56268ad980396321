// Name lookup as a port, so that a test decides what a name means, and when it changes.
//
// Errors  unavailable (no such name, no answer), cancelled.
// Thread  the executor; the system's lookup blocks a thread of Asio's, never the loop.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "net/ip_address.h"

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

class Resolver {
 public:
  virtual ~Resolver() = default;
  // At least one address, in the order in which they should be tried.
  virtual Task<Result<std::vector<IpAddress>>> resolve(std::string host) = 0;
  // The addresses of this machine's own interfaces.
  [[nodiscard]] virtual std::vector<IpAddress> own_addresses() = 0;
};

class SystemResolver final : public Resolver {
 public:
  explicit SystemResolver(Clock& clock) : clock_(clock) {}
  Task<Result<std::vector<IpAddress>>> resolve(std::string host) override;
  // As they were at most five seconds ago: to ask the kernel costs more than the rest of a check.
  [[nodiscard]] std::vector<IpAddress> own_addresses() override;

 private:
  Clock& clock_;
  std::vector<IpAddress> own_;
  std::optional<Timepoint> own_until_;
};

}  // namespace antiphon
