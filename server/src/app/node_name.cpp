#include "app/node_name.h"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <cstdint>

namespace antiphon {

std::string node_name(Random& random) {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host = {'h', 'o', 's', 't'};
  return fmt::format("{}-{}-{:08x}", host.data(), getpid(),
                     static_cast<std::uint32_t>(random.below(std::uint64_t{1} << 32U)));
}

}  // namespace antiphon
