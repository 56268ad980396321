// The routes /carriers/{twilio,telnyx,plivo}/answer: a carrier asks what to do with a call, and is
// told, in its XML, to stream it here.
//
// The URL in the carrier's console names the agent and a key: ?agent=front-desk&key=antiphon_….
// Where the workspace keeps a secret `carrier-<name>`, the request's signature must be right.
// Output  200 text/xml with a token that opens one stream within two minutes.
// Errors  as problems: 400 (form, agent), 401 (key, signature), 403, 404, 503 (no room for another
//         call).
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/metrics.h"
#include "net/http.h"
#include "ports/carrier_call_planner.h"
#include "wire/media_stream.h"

#include <string>

namespace antiphon {

// What the carrier is told; `token` holds nothing that XML or a URL would have to escape, and
// `host` is a Host header.
[[nodiscard]] std::string answer_xml(StreamDialect carrier, bool is_secure, std::string_view host,
                                     std::string_view token);

class AnswerWebhook {
 public:
  AnswerWebhook(CarrierCallPlanner& planner, const SessionHost& host, Clock& clock,
                Metrics& metrics);

  Task<> handle(StreamDialect carrier, Request request, ResponseWriter& writer);

 private:
  Task<Result<std::string>> answer(StreamDialect carrier, const Request& request);

  CarrierCallPlanner& planner_;
  const SessionHost& host_;
  Clock& clock_;
  Counter& answered_;
  Counter& refused_;
};

}  // namespace antiphon
