// Runs a program to its end: bytes in, bytes out, within a time and a size.
//
//   const auto output = co_await run_child(launcher, clock, {options, text, 10s});
//   if (output && output->status.is_success()) use(output->output);
//
// Limits  more output than `output_max` (each stream) ends the program.
// Errors  what starting gives; timeout and too_large after the program was killed; cancelled.
// Thread  the executor's; starting blocks it for 1-3 ms (see child.h).
#pragma once

#include "process/child.h"

#include <string>

namespace antiphon {

struct ChildRun {
  ChildOptions options;  // its three streams are replaced by pipes
  std::string input;
  Duration time_max = std::chrono::seconds(30);
  ByteCount output_max{1U << 20U};
};

struct ChildOutput {
  ExitStatus status;
  std::string output;
  std::string error;
};

Task<Result<ChildOutput>> run_child(Launcher& launcher, Clock& clock, ChildRun run);

// The last line of `text` that is not blank: what a failed program meant to say.
[[nodiscard]] std::string last_line(std::string_view text);

}  // namespace antiphon
