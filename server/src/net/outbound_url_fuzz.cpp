// The URL reader: what it accepts, it accepts again in its own spelling, with the same meaning.
#include "core/check.h"
#include "net/outbound_guard.h"

#include <cstddef>
#include <cstdint>

using namespace antiphon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = IpAddress::parse(text)) {
    CHECK(IpAddress::parse(address->to_string()) == address, "an address reads as it prints");
    CHECK(!name_of(kind_of(*address)).empty(), "every address has a kind");
  }
  const auto target = OutboundTarget::parse(text);
  CHECK(!target || !target->host.empty(), "a target has a host");
  const auto url = OutboundUrl::parse(text);
  if (!url) return 0;
  const auto again = OutboundUrl::parse(url->to_string());
  CHECK(again && *again == *url, "a URL reads as it prints");
  CHECK(url->address.has_value() == IpAddress::parse(url->host).has_value(),
        "a host that is an address is known as one");
  const auto next = resolve_location(*url, text.substr(text.size() / 2));
  static_cast<void>(OutboundUrl::parse(next));
  return 0;
}
