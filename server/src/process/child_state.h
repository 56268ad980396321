// The inside of a Child, shared by the file that starts one and the file that waits for it.
#pragma once

#include "process/child.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>

namespace antiphon {

struct Child::State {
  State(const boost::asio::any_io_executor& executor, pid_t number, Descriptor process_descriptor,
        std::array<Descriptor, 3> stream_ends)
      : pid(number),
        process(executor, process_descriptor.release()),
        streams(std::move(stream_ends)) {}

  // Reaps it when it has ended; never blocks.
  void reap();
  // SIGKILL to its process group, then reaps it: it cannot refuse.
  void kill_and_reap();

  pid_t pid;
  boost::asio::posix::stream_descriptor process;  // a pidfd: readable once the child has ended
  std::array<Descriptor, 3> streams;
  std::optional<ExitStatus> status;
};

}  // namespace antiphon
