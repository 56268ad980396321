// What must hold in every call, whatever the caller, the network and the providers do.
//
//   clean_end      nothing runs, waits or is sent after the end; the journal has its frame
//   one_end        one finish(), one Ended, both with the reason of session.ended
//   reason         the stated reason is one that the call gave
//   limits         the call ends within its duration and 15 s
//   silence        the agent is never silent longer than its limits allow while the caller is too
//   order          events, messages and replies follow one another
//   cancelled      nothing of a reply happens after it ended: no event, no frame, no action
//   foreign_words  every word that was sent is one of the reply that was running
//   heard          what the record says was heard is what was sent, within the words allowed
//   caller_words   what a turn was finally understood as is in one message, and only there
//   action         an answer that was heard to its end does what it asked for
//   pace           frames are 20 ms apart
#pragma once

#include "calls/call_record.h"

#include <string>
#include <vector>

namespace antiphon::simulated {

struct Fault {
  std::string check;
  std::string detail;
};

[[nodiscard]] std::vector<Fault> check_call(const CallRecord& record);
// "check: detail", one a line.
[[nodiscard]] std::string print_faults(const std::vector<Fault>& faults);

// The parts of check_call().
void check_end(const CallRecord& record, std::vector<Fault>& faults);
void check_silence(const CallRecord& record, std::vector<Fault>& faults);
void check_order(const CallRecord& record, std::vector<Fault>& faults);
void check_replies(const CallRecord& record, std::vector<Fault>& faults);
void check_caller_words(const CallRecord& record, std::vector<Fault>& faults);
void check_pace(const CallRecord& record, std::vector<Fault>& faults);

}  // namespace antiphon::simulated
