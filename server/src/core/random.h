// Randomness as a port: SystemRandom for the product, SeededRandom wherever a run must be
// repeatable.
#pragma once

#include "core/strong.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace antiphon {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  [[nodiscard]] std::uint64_t next();
  // Uniform in [0, bound); bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
};

// The kernel's generator: fit for keys and tokens. Any thread.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

// SplitMix64 (Steele et al. 2014): the same seed gives the same bytes. One thread. Never for
// secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(Seed seed) : state_(seed.value()) {}
  void fill(std::span<std::byte> bytes) override;

 private:
  std::uint64_t state_;
};

}  // namespace antiphon
