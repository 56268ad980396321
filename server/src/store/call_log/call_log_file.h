// A call's log as a file: what the call was (its plan), then the bytes of engine/call_log.h.
//
// Format  "ANTIPHON CALL LOG 1\n", then pieces: length and CRC-32 as 4 bytes little-endian each,
//         and the bytes. The first piece is the plan as JSON. A piece that is cut or damaged, as a
//         kill leaves it, ends the log in front of it.
// Limits  a log of 1 GiB, a piece of 1 MiB.
// Errors  read_call_log: not_found, corrupt (no log, or no plan), too_large. File: unavailable.
// Thread  any; File belongs to one.
#pragma once

#include "core/result.h"
#include "ports/session_host.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct StoredCallLog {
  SessionPlan plan;
  std::vector<std::byte> log;
};

[[nodiscard]] Result<StoredCallLog> read_call_log(const std::filesystem::path& file);
[[nodiscard]] Result<StoredCallLog> parse_call_log(std::string_view bytes);

[[nodiscard]] std::string write_plan(const SessionPlan& plan);
[[nodiscard]] Result<SessionPlan> read_plan(std::string_view json);

// FOLDER/<workspace>/<conversation>.calllog
[[nodiscard]] std::filesystem::path call_log_path(const std::filesystem::path& folder,
                                                  const Conversation& conversation);

// Writes one log, readable by its owner alone.
class CallLogFile {
 public:
  CallLogFile() = default;
  CallLogFile(const CallLogFile&) = delete;
  CallLogFile& operator=(const CallLogFile&) = delete;
  ~CallLogFile();

  [[nodiscard]] Result<> create(const std::filesystem::path& path, const SessionPlan& plan);
  [[nodiscard]] Result<> append(std::string_view piece);
  void close();

 private:
  int descriptor_ = -1;
};

}  // namespace antiphon
