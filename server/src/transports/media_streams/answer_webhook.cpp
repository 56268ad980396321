#include "transports/media_streams/answer_webhook.h"

#include "transports/media_streams/carrier_signature.h"
#include "transports/media_streams/media_stream_call.h"
#include "transports/refusal_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

// A name or an address, and a port: nothing that could leave its attribute.
bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char character) {
    const bool letter =
        (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    return letter || (character >= '0' && character <= '9') ||
           std::string_view("-.:[]_").contains(character);
  });
}

// The first field of one of these names: carriers differ.
std::string field(const FormFields& fields, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : fields) {
    if (std::ranges::find(names, name) != names.end()) return value;
  }
  return {};
}

}  // namespace

std::string answer_xml(StreamDialect carrier, bool is_secure, std::string_view host,
                       std::string_view token) {
  const std::string url =
      fmt::format("{}://{}/audio/{}", is_secure ? "wss" : "ws", host, name_of(carrier));
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>";
  switch (carrier) {
    case StreamDialect::twilio:  // takes no query; hands on parameters instead
      return fmt::format(
          "{}<Connect><Stream url=\"{}\"><Parameter name=\"token\" value=\"{}\"/></Stream>"
          "</Connect></Response>\n",
          head, url, token);
    case StreamDialect::telnyx:
      return fmt::format(
          "{}<Connect><Stream url=\"{}?token={}\" codec=\"PCMU\" bidirectionalMode=\"rtp\" "
          "bidirectionalCodec=\"PCMU\"/></Connect><Hangup/></Response>\n",
          head, url, token);
    case StreamDialect::plivo:
      return fmt::format(
          "{}<Stream bidirectional=\"true\" keepCallAlive=\"true\" "
          "contentType=\"audio/x-mulaw;rate=8000\">{}?token={}</Stream><Hangup/></Response>\n",
          head, url, token);
  }
  return {};
}

AnswerWebhook::AnswerWebhook(CarrierCallPlanner& planner, const SessionHost& host, Clock& clock,
                             Metrics& metrics)
    : planner_(planner),
      host_(host),
      clock_(clock),
      answered_(metrics.counter("carrier_answer_total", "Calls whose carrier was told where to.")),
      refused_(metrics.counter("carrier_answer_refused_total",
                               "Webhooks of carriers that were refused.")) {}

Task<Result<std::string>> AnswerWebhook::answer(StreamDialect carrier, const Request& request) {
  const std::string_view host = request.headers.find("Host").value_or("");
  if (!is_host(host)) co_return failure(ErrorCode::protocol_error, "the Host header is no host");
  auto form = parse_form(request.body);
  if (!form) co_return std::unexpected(std::move(form.error()));
  const FormFields& fields = request.method == Method::get ? request.query : *form;
  CarrierCall call;
  call.carrier = name_of(carrier);
  call.key = request.parameter("key").value_or("");
  call.agent = request.parameter("agent").value_or("");
  call.call_id = field(fields, {"CallSid", "CallUUID"});
  call.called = field(fields, {"To"});
  call.caller = field(fields, {"From"});
  const auto secret = co_await planner_.signing_secret(call);
  if (!secret) co_return std::unexpected(secret.error());
  if (*secret) {
    auto genuine = check_signature(carrier, request, *form, (*secret)->reveal(), clock_.wall());
    if (!genuine) co_return std::unexpected(std::move(genuine.error()));
  }
  // Before the carrier answers the call: it has a fallback of its own.
  if (auto room = host_.room(); !room) co_return std::unexpected(std::move(room.error()));
  auto token = co_await planner_.open(std::move(call));
  if (!token) co_return std::unexpected(std::move(token.error()));
  co_return answer_xml(carrier, request.is_secure, host, *token);
}

Task<> AnswerWebhook::handle(StreamDialect carrier, Request request, ResponseWriter& writer) {
  auto xml = co_await answer(carrier, request);
  (xml ? answered_ : refused_).add();
  Response response = xml ? Response{.status = 200,
                                     .headers = {{"Content-Type", "text/xml; charset=utf-8"},
                                                 {"Cache-Control", "no-store"}},
                                     .body = std::move(*xml)}
                          : refusal_response(xml.error());
  const auto sent = co_await writer.send(std::move(response));
  static_cast<void>(sent);
}

}  // namespace antiphon
