// What every request to a server that speaks OpenAI's wire has in common: where it goes, with which
// key, and what a refusal means to the person who configured it.
//
// Errors  in one sentence without anything that was said, typed or secret. `unavailable`: the
//         server refused, broke off or is away; `resource_exhausted`: it asks to wait (429);
//         `timeout`; `protocol_error`: it is no such server, or broke the wire's rules; what the
//         agent's configuration has wrong: invalid_argument, not_found, permission_denied.
// Thread  the providers' loop.
#pragma once

#include "net/outbound_client.h"
#include "providers/far_stream.h"
#include "providers/provider_keys.h"

#include <string>
#include <string_view>

namespace antiphon::openai {

inline constexpr std::string_view kOwnBaseUrl = "https://api.openai.com/v1";

// All borrowed; they outlive the adapters. `client` lives on the loop.
struct Parts {
  FarLoop& loop;
  Clock& clock;
  OutboundClient& client;
  ProviderKeys& keys;
  OutboundPolicy policy;
};

// The request, with the key of the account. Its answer: refusal(), explained().
[[nodiscard]] Task<Result<OutboundRequest>> make_request(const Parts& parts,
                                                         const ProviderAccount& account,
                                                         std::string_view path,
                                                         std::string content_type,
                                                         std::string body);

// Of an answer with a status of 400 or more; its body counts no more than its error's code does.
// A refused key is forgotten, so that a corrected one is used at once.
[[nodiscard]] Error refusal(const Parts& parts, const ProviderAccount& account,
                            const Response& head, std::string_view body);
// Of a code and message that the outbound client gave.
[[nodiscard]] Error explained(Error error);
[[nodiscard]] Error cut_off();
[[nodiscard]] Error not_such_a_server(const Response& head);

}  // namespace antiphon::openai
