#include "process/run_child.h"

#include "core/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace antiphon {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kPieceSize = 16 * 1024;

Task<> feed(asio::posix::stream_descriptor pipe, std::string input) {
  // A program that does not read all of its input is no error: its status tells.
  co_await asio::async_write(pipe, asio::buffer(input), asio::as_tuple(asio::use_awaitable));
}

struct Collected {
  std::string text;
  bool is_too_large = false;
};

// `collected` outlives the task: run_child joins the group before it returns.
Task<> collect(asio::posix::stream_descriptor pipe, std::size_t size_max, Child& child,
               Collected& collected) {
  std::array<char, kPieceSize> piece{};
  while (true) {
    const auto [error, count] =
        co_await pipe.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
    collected.text.append(piece.data(), count);
    if (collected.text.size() > size_max) {
      collected.is_too_large = true;
      child.send_signal(9);
      co_return;
    }
    if (error) co_return;
  }
}

Task<Result<ExitStatus>> join_and_wait(TaskGroup& group, Child& child) {
  co_await group.join();
  co_return co_await child.wait();
}

}  // namespace

Task<Result<ChildOutput>> run_child(Launcher& launcher, Clock& clock, ChildRun run) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the run was cancelled");
  const auto executor = co_await asio::this_coro::executor;
  run.options.input = Redirect::to_pipe();
  run.options.output = Redirect::to_pipe();
  run.options.error = Redirect::to_pipe();
  auto child = launcher.start(executor, run.options);
  if (!child) co_return std::unexpected(child.error());
  Collected output;
  Collected error;
  TaskGroup group(executor);
  using Pipe = asio::posix::stream_descriptor;
  group.spawn(feed(Pipe(executor, child->take_input().release()), std::move(run.input)));
  group.spawn(collect(Pipe(executor, child->take_output().release()), run.output_max.value(),
                      *child, output));
  group.spawn(collect(Pipe(executor, child->take_error().release()), run.output_max.value(), *child,
                      error));
  const auto status =
      co_await with_deadline(clock, clock.now() + run.time_max, join_and_wait(group, *child));
  group.cancel();
  co_await group.join();
  if (output.is_too_large || error.is_too_large) {
    co_return failure(ErrorCode::too_large, run.options.arguments.front() + " wrote more than " +
                                                std::to_string(run.output_max.value()) + " bytes");
  }
  if (!status) {
    co_return failure(status.error().code, run.options.arguments.front() + " did not end in time");
  }
  co_return ChildOutput{*status, std::move(output.text), std::move(error.text)};
}

std::string last_line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const std::size_t start = text.find_last_of('\n');
  return std::string(start == std::string_view::npos ? text : text.substr(start + 1));
}

}  // namespace antiphon
