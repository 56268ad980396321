// One call of a tool, from the model's asking to its answer: of engine/tool_desk.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "ports/tool_runner.h"

#include <memory>
#include <optional>
#include <vector>

namespace antiphon {

struct ToolRun {
  ToolRun(ToolCall asked, GenerationId by, Timepoint now, const boost::asio::any_io_executor& here)
      : call(std::move(asked)),
        generation(by),
        began(now),
        ticket(std::make_shared<ToolTicket>()),
        recalled(here, 1, WhenFull::refuse) {}

  ToolCall call;
  GenerationId generation;
  Timepoint began;
  Timepoint deadline{};
  const Tool* tool = nullptr;  // of the desk; null: there is none of that name
  std::optional<ToolAnswer> answer;
  bool orphaned = false;                                // the answer that asked for it has gone
  std::shared_ptr<ToolTicket> ticket;                   // its generation is the other owner
  Mailbox<char> recalled;                               // closed when nobody wants it any more
  std::vector<std::shared_ptr<Mailbox<char>>> waiting;  // closed when it is done

  [[nodiscard]] bool acts() const {
    return tool != nullptr && tool->configuration.effect == ToolEffect::acts;
  }
};

}  // namespace antiphon
