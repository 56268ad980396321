#include "app/commands.h"
#include "app/run_until_done.h"
#include "app/talk_json.h"
#include "core/system_clock.h"
#include "net/http_client.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <fstream>

namespace antiphon {

namespace {

// A client of the command line keeps an answer in memory; a recording of hours comes in parts.
constexpr std::uint64_t kPart = 4 * 1'024 * 1'024;

Task<Result<std::uint64_t>> fetch(HttpClient& client, std::string url, std::string key,
                                  std::ostream& out) {
  std::uint64_t written = 0;
  std::string version;
  while (true) {
    Headers headers{{"Authorization", "Bearer " + key},
                    {"Range", fmt::format("bytes={}-{}", written, written + kPart - 1)}};
    // The parts are of one recording, or of none.
    if (!version.empty()) headers.set("If-Match", version);
    auto answer = co_await client.send({.url = url, .headers = std::move(headers), .body = {}});
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->status == 416 && written > 0) co_return written;
    if (answer->status != 206) {
      co_return failure(ErrorCode::unavailable, problem_text(answer->status, answer->body));
    }
    version = answer->headers.find("ETag").value_or("");
    out.write(answer->body.data(), static_cast<std::streamsize>(answer->body.size()));
    if (!out.good()) co_return failure(ErrorCode::unavailable, "the file cannot be written");
    written += answer->body.size();
    if (answer->body.size() < kPart) co_return written;
  }
}

}  // namespace

int run_recording(const Options& options) {
  const auto id = options.require("id");
  if (!id) return fail(id.error());
  const auto file = options.require("out");
  if (!file) return fail(file.error());
  auto key = find_api_key(options);
  if (!key) return fail(key.error());
  std::string url = options.get("url");
  while (url.ends_with('/'))
    url.pop_back();
  SystemClock clock;
  boost::asio::io_context loop;
  HttpClient client(loop.get_executor(), clock, {});
  std::ofstream out(*file, std::ios::binary);
  const auto fetched =
      run_until_done(loop, fetch(client, fmt::format("{}/api/conversations/{}/recording", url, *id),
                                 std::move(*key), out));
  if (!fetched) {
    out.close();
    std::remove(file->c_str());
    return fail(fetched.error());
  }
  fmt::print("{} bytes in {}\n", *fetched, *file);
  return 0;
}

}  // namespace antiphon
