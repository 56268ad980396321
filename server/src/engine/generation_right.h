// What one generation may do, and what it did: shared by the reply that is spoken and by the tools
// that it asks for.
//
// An answer that was begun in a pause of the caller has no right yet: what it asks for waits until
// it is the agent's turn. Taken back, it never gets one again, and a tool that has not committed
// by then never happens.
// Thread  the executor of its conversation.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "ports/language_model.h"
#include "ports/tool_runner.h"

#include <memory>
#include <vector>

namespace antiphon {

class GenerationRight {
 public:
  explicit GenerationRight(boost::asio::any_io_executor executor)
      : decided_(std::move(executor), 1, WhenFull::refuse) {}

  void grant() {
    granted_ = true;
    decided_.close();
  }
  void revoke() {
    revoked_ = true;
    if (ticket_) ticket_->revoke();
    decided_.close();
  }
  [[nodiscard]] bool holds() const { return granted_ && !revoked_; }
  // Waits until it is decided; false: taken back, or the wait was cancelled.
  Task<bool> wait() {
    if (!granted_ && !revoked_) {
      const auto decided = co_await decided_.receive();
      static_cast<void>(decided);
    }
    co_return holds();
  }

  // The tool that runs for it.
  void use(std::shared_ptr<ToolTicket> ticket) { ticket_ = std::move(ticket); }

  bool acting = false;  // a tool runs: nobody waits for the model
  Timepoint acted{};    // when the last one ended
  std::vector<ToolOutcome> outcomes;

 private:
  bool granted_ = false;
  bool revoked_ = false;
  std::shared_ptr<ToolTicket> ticket_;  // its tool's run is the other owner
  Mailbox<char> decided_;
};

}  // namespace antiphon
