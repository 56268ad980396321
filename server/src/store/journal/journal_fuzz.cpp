// The spool's reader on any bytes: it ends, skips what is damaged, and what it accepts it writes
// again the same.
#include "core/check.h"
#include "store/journal/entry_codec.h"
#include "store/journal/spool_file.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const SpoolScan scan = scan_spool(bytes, 100'000, true);
  CHECK(scan.consumed == bytes.size(), "a whole file is read to its end");
  const SpoolScan open_ended = scan_spool(bytes, 100'000, false);
  CHECK(open_ended.consumed <= bytes.size(), "nothing beyond the bytes is read");
  for (const std::string& payload : scan.payloads) {
    const auto entry = decode_entry(payload);
    if (entry) CHECK(encode_entry(*entry) == payload, "an entry has one form");
  }
  // Fuzzers rarely guess a checksum: the entry reader sees the bytes directly too.
  const auto entry = decode_entry(bytes);
  if (entry) CHECK(encode_entry(*entry) == bytes, "an entry has one form");
  return 0;
}
