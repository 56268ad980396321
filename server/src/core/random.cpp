#include "core/random.h"

#include "core/check.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace antiphon {

std::uint64_t Random::next() {
  std::uint64_t value = 0;
  fill(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0, "an empty range has no number");
  // Rejecting the short last stretch keeps every number equally likely.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t value = next();
  while (value >= limit)
    value = next();
  return value % bound;
}

void SystemRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    CHECK(count >= 0 || errno == EINTR, "the kernel always has randomness after boot");
    if (count > 0) bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void SeededRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    const std::size_t count = std::min(bytes.size(), sizeof mixed);
    std::memcpy(bytes.data(), &mixed, count);
    bytes = bytes.subspan(count);
  }
}

}  // namespace antiphon
