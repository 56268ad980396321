// One phone call on a carrier's WebSocket.
//
// The carrier says who calls in its `start`; then the call is planned on the API loop, and carried
// on the executor of its session from beginning to end.
// Limits  a start within kStartPatience; keys in kDigitsAtOnce a text; the sound's, see
//         FrameAssembler. The last words are given kTailMax to be played before the socket closes.
// Errors  what breaks the protocol is counted, and closed with a code and a reason: 1003 (a format
//         we do not speak), 1007 (no message), 1008 (wrong order, no start, faster than real time),
//         1009 (too large), 1013 (no room just now).
// Thread  the executor of the session.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "net/websocket.h"
#include "ports/carrier_call_planner.h"
#include "ports/media_transport.h"
#include "transports/call_workers.h"
#include "transports/media_streams/metrics.h"
#include "transports/media_streams/playout_marks.h"
#include "transports/media_streams/stream_audio.h"
#include "transports/outgoing_queue.h"
#include "wire/media_stream.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace antiphon {

// What every call of the transport shares; all borrowed.
struct MediaStreamServices {
  CarrierCallPlanner& planner;
  SessionHost& host;
  Clock& clock;
  MediaStreamMetrics& metrics;
  Executor api;                 // where the planner lives
  std::atomic<int>& strangers;  // sockets whose call is not planned yet
};

[[nodiscard]] std::string_view name_of(StreamDialect dialect);

class MediaStreamCall final : public MediaTransport, public CarriedCall {
 public:
  static constexpr std::chrono::seconds kStartPatience{10};
  // Speech may still be loading: a caller who hears nothing for longer has hung up.
  static constexpr std::chrono::seconds kSpeechPatience{20};
  static constexpr std::chrono::milliseconds kSpeechLook{100};
  static constexpr std::chrono::milliseconds kDigitPause{1'500};
  static constexpr std::size_t kDigitsAtOnce = 32;
  static constexpr std::chrono::milliseconds kTailMax{2'000};

  // `given`: what the request for the socket said of the call; its parameters may say more.
  // `services.strangers` was counted up for this call.
  MediaStreamCall(WebSocket socket, StreamDialect dialect, CarrierCall given, Executor executor,
                  const MediaStreamServices& services);
  ~MediaStreamCall() override;

  Task<> run() override;
  void stop() override;

  void send(const AudioFrame& frame) override;
  void clear() override;
  void notify(const SessionNotice& notice) override;
  void finish(EndReason reason) override;

 private:
  Task<std::optional<SessionPlan>> await_plan();
  Task<bool> wait_for_speech();
  Task<bool> look(Timepoint until);
  Task<> carry(SessionPlan plan);
  Task<> receive_all();
  Task<> send_all();
  Task<> send_item(const OutgoingQueue::Item& item);
  Task<> play_out();
  bool heed(const WebSocketMessage& message);
  Result<> take(const WebSocketMessage& message);
  Result<> take_start();
  void take_mark();
  void take_digit();
  void flush_digits();
  void no_stranger();
  void close_with(std::uint16_t code, std::string reason);

  WebSocket socket_;
  StreamDialect dialect_;
  CarrierCall given_;
  Executor executor_;
  MediaStreamServices services_;
  OutgoingQueue outgoing_;
  detail::Wakeup something_to_send_;
  detail::Wakeup played_out_;
  StreamMessage message_;
  StreamAudio audio_;
  PlayoutMarks marks_;
  std::unique_ptr<SessionHandle> session_;
  std::string stream_id_;
  std::string digits_;
  Timepoint digits_due_{};
  bool started_ = false;
  bool stranger_ = true;
  bool finished_ = false;  // close once everything is sent
  bool hung_up_ = false;   // by the caller
  std::uint16_t close_code_ = kCloseNormal;
  std::string close_reason_;
};

}  // namespace antiphon
