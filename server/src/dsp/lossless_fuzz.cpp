// What decodes is the same after another round.
#include "dsp/lossless.h"

#include "core/check.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  std::array<Sample, 320> samples{};
  if (decode_lossless(std::as_bytes(std::span(data, size)), samples) == 0) return 0;
  std::vector<std::byte> bytes(lossless_max(samples.size()));
  bytes.resize(encode_lossless(samples, bytes));
  std::array<Sample, 320> again{};
  CHECK(decode_lossless(bytes, again) == bytes.size(), "what is written can be read");
  CHECK(std::ranges::equal(samples, again), "and is the same");
  return 0;
}
