// The options that `up` and `serve` share; docs/reference/configuration.md and .env.example are
// made of them.
#pragma once

#include "app/options.h"

namespace antiphon::server_option {

inline constexpr OptionSpec kConfig{"config", "FILE", "further options, a line NAME=VALUE each",
                                    "ANTIPHON_CONFIG", ""};
inline constexpr OptionSpec kProfile{"profile", "NAME",
                                     "development, or production: refuses what is unsafe there",
                                     "ANTIPHON_PROFILE", "development"};
inline constexpr OptionSpec kListen{"listen", "HOST:PORT", "where to serve; port 0 chooses one",
                                    "ANTIPHON_LISTEN", "127.0.0.1:8080"};
inline constexpr OptionSpec kModels{"models", "DIR",
                                    "the speech models; default: those tools/fetch-models made",
                                    "ANTIPHON_MODELS", ""};
inline constexpr OptionSpec kDataDirectory{"data-dir", "DIR",
                                           "everything that is kept; default: see `up --help`",
                                           "ANTIPHON_DATA_DIR", ""};
inline constexpr OptionSpec kThreads{
    "threads", "N", "threads for speech models; default: one per core", "ANTIPHON_THREADS", ""};
inline constexpr OptionSpec kCallsMax{
    "calls-max", "N", "calls at once, others are refused; default: as many as it measures it can",
    "ANTIPHON_CALLS_MAX", ""};
inline constexpr OptionSpec kWebRtcPort{"webrtc-port", "N",
                                        "the UDP port of all WebRTC calls; 0 chooses one",
                                        "ANTIPHON_WEBRTC_PORT", "0"};
inline constexpr OptionSpec kWebRtcAddress{
    "webrtc-address", "ADDRESSES",
    "where callers reach that port, such as 203.0.113.7; default: the machine's own addresses",
    "ANTIPHON_WEBRTC_ADDRESS", ""};
inline constexpr OptionSpec kTlsCertificate{"tls-certificate", "FILE",
                                            "serve HTTPS: the certificate and its chain, PEM",
                                            "ANTIPHON_TLS_CERTIFICATE", ""};
inline constexpr OptionSpec kTlsKey{"tls-key", "FILE", "the certificate's private key, PEM",
                                    "ANTIPHON_TLS_KEY", ""};
inline constexpr OptionSpec kTrustedProxies{"trusted-proxies", "CIDRS",
                                            "whose X-Forwarded-* is believed, such as 10.0.0.0/8",
                                            "ANTIPHON_TRUSTED_PROXIES", ""};
inline constexpr OptionSpec kProxyFields{"proxy-fields", "KIND",
                                         "what those proxies set: x-forwarded or forwarded",
                                         "ANTIPHON_PROXY_FIELDS", "x-forwarded"};
inline constexpr OptionSpec kAllowedOrigins{
    "allowed-origins", "ORIGINS", "whose pages may call the API, such as https://studio.example",
    "ANTIPHON_ALLOWED_ORIGINS", ""};
inline constexpr OptionSpec kConnectionsPerAddress{
    "connections-per-address", "N", "open connections of one address, of IPv6 a /64; 0: no limit",
    "ANTIPHON_CONNECTIONS_PER_ADDRESS", "256"};
inline constexpr OptionSpec kProviderTargets{
    "provider-targets", "TARGETS",
    "private addresses that agents' providers may have, such as http://127.0.0.1:11434",
    "ANTIPHON_PROVIDER_TARGETS", ""};
inline constexpr OptionSpec kToolTargets{
    "tool-targets", "TARGETS",
    "private addresses that agents' tools may have, such as http://127.0.0.1:8090",
    "ANTIPHON_TOOL_TARGETS", ""};
inline constexpr OptionSpec kPurgeAfter{
    "purge-after-days", "N", "when a deleted workspace is gone for good, 14 to 3650 days",
    "ANTIPHON_PURGE_AFTER_DAYS", "30"};
inline constexpr OptionSpec kTlsSelfSigned{
    "tls-self-signed", "", "serve HTTPS with a certificate made for this machine", "", ""};

}  // namespace antiphon::server_option
