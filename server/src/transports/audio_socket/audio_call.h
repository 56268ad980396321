// One spoken conversation on one WebSocket.
//
// Lives on the session's executor from start to end; run() returns when the session has written its
// last words and the socket is closed.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "core/task_group.h"
#include "net/websocket.h"
#include "ports/media_transport.h"
#include "ports/session_host.h"
#include "transports/audio_socket/metrics.h"
#include "transports/client_message.h"
#include "transports/frame_assembler.h"
#include "transports/outgoing_queue.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

class AudioCall final : public MediaTransport {
 public:
  // Speech may still be loading; then the caller is told and waits this long.
  static constexpr std::chrono::seconds kSpeechPatience{30};
  static constexpr std::chrono::milliseconds kSpeechLook{100};

  AudioCall(WebSocket socket, SessionHost& host, Executor executor, Clock& clock,
            AudioSocketMetrics& metrics);
  ~AudioCall() override;

  // Nothing, or why no session came of the plan.
  Task<std::optional<EndReason>> run(SessionPlan plan);
  // The server stops: the caller is told, the session ends. Safe at any time.
  void stop();

  void send(const AudioFrame& frame) override;
  void clear() override;
  void notify(const SessionNotice& notice) override;
  void finish(EndReason reason) override;

 private:
  Task<bool> wait_for_speech();
  Task<bool> hear_nothing();
  Task<> receive_all();
  Task<> send_all();
  void note_end_of_wire();
  bool heed(const WebSocketMessage& message);
  Result<> take(const WebSocketMessage& message);
  Result<> take_text(std::string_view text);
  void close_with(std::uint16_t code, std::string reason);

  WebSocket socket_;
  SessionHost& host_;
  Executor executor_;
  Clock& clock_;
  AudioSocketMetrics& metrics_;
  OutgoingQueue outgoing_;
  detail::Wakeup something_to_send_;
  FrameAssembler frames_;
  ClientMessages messages_;
  std::unique_ptr<SessionHandle> session_;
  bool finished_ = false;  // close once everything is sent
  bool hung_up_ = false;   // by the caller
  std::uint16_t close_code_ = kCloseNormal;
  std::string close_reason_;
};

}  // namespace antiphon
