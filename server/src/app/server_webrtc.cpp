#include "app/server_webrtc.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon {

namespace {

using Handler = Task<> (WebRtc::*)(Request, ResponseWriter&);

bool is_loopback(const std::string& host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

Result<std::vector<IpAddress>> read_addresses(std::string_view text) {
  std::vector<IpAddress> addresses;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto one = IpAddress::parse(text.substr(0, end));
    if (!one) {
      return failure(ErrorCode::invalid_argument,
                     "--webrtc-address must be IP addresses with commas between them");
    }
    addresses.push_back(*one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return addresses;
}

}  // namespace

Result<WebRtcSettings> read_webrtc(const Options& options, const SocketAddress& listen) {
  WebRtcSettings settings;
  const std::string port = options.get("webrtc-port");
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), settings.port);
  if (error != std::errc{} || end != port.data() + port.size()) {
    return failure(ErrorCode::invalid_argument, "--webrtc-port must be a number from 0 to 65535");
  }
  auto addresses = read_addresses(options.get("webrtc-address"));
  if (!addresses) return std::unexpected(addresses.error());
  settings.addresses = std::move(*addresses);
  // Who listens on the loopback alone is called from the same machine.
  if (is_loopback(listen.host)) settings.loopback = Loopback::included;
  return settings;
}

void add_webrtc_routes(Router& router, WebRtc& webrtc) {
  const auto add = [&](std::string_view path, Method method, Handler handler, Upgrade upgrade) {
    router.add(PageRoute{path,
                         [&webrtc, handler](Request request, ResponseWriter& writer) {
                           return (webrtc.*handler)(std::move(request), writer);
                         },
                         upgrade, method, kSdpBytesMax});
  };
  constexpr std::string_view kSession = "/webrtc/sessions/{session}";
  add("/webrtc/offer", Method::post, &WebRtc::offer, Upgrade::refused);
  add("/webrtc/sessions/{session}/events", Method::get, &WebRtc::events, Upgrade::allowed);
  add(kSession, Method::patch, &WebRtc::restart, Upgrade::refused);
  add(kSession, Method::del, &WebRtc::hang_up, Upgrade::refused);
}

}  // namespace antiphon
