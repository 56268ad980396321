// Any datagram is read without harm, as RTP and as RTCP; a payload lies inside its packet.
#include "wire/rtp.h"

#include "wire/rtcp.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (!antiphon::looks_like_rtp(bytes)) return 0;
  static_cast<void>(antiphon::looks_like_rtcp(bytes));
  if (const auto packet = antiphon::parse_rtp(bytes)) {
    const auto payload = packet->payload;
    if (payload.data() < bytes.data() ||
        payload.data() + payload.size() > bytes.data() + bytes.size()) {
      std::abort();
    }
  }
  if (const auto compound = antiphon::parse_rtcp(bytes)) {
    if (compound->reports.size() > antiphon::kRtcpReportsMax) std::abort();
  }
  return 0;
}
