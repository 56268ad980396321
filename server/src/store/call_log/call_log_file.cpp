#include "store/call_log/call_log_file.h"

#include "core/crc32.h"
#include "store/bytes.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kMagic = "ANTIPHON CALL LOG 1\n";
constexpr std::size_t kHead = 8;  // of a piece
constexpr std::size_t kPieceMax = std::size_t{1} << 20;
constexpr std::uintmax_t kFileMax = std::uintmax_t{1} << 30;

// The next piece, or nothing at the end of what is whole.
std::string_view take_piece(std::string_view& rest) {
  const auto size = number_at<std::uint32_t>(rest, 0);
  if (rest.size() < kHead || size > kPieceMax || rest.size() - kHead < size) return {};
  const std::string_view piece = rest.substr(kHead, size);
  if (crc32(piece) != number_at<std::uint32_t>(rest, 4)) return {};
  rest.remove_prefix(kHead + size);
  return piece;
}

Result<> write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      return failure(ErrorCode::unavailable,
                     fmt::format("the log of a call cannot be written: {}", std::strerror(errno)));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

std::filesystem::path call_log_path(const std::filesystem::path& folder,
                                    const Conversation& conversation) {
  return folder / conversation.workspace.to_string() / (conversation.id.to_string() + ".calllog");
}

Result<StoredCallLog> parse_call_log(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) {
    return failure(ErrorCode::corrupt, "this is not the log of a call, or of another version");
  }
  bytes.remove_prefix(kMagic.size());
  const std::string_view json = take_piece(bytes);
  if (json.empty()) return failure(ErrorCode::corrupt, "the log does not say what the call was");
  auto plan = read_plan(json);
  if (!plan) return std::unexpected(std::move(plan.error()));
  StoredCallLog stored{std::move(*plan), {}};
  for (auto piece = take_piece(bytes); !piece.empty(); piece = take_piece(bytes)) {
    const auto more = std::as_bytes(std::span(piece));
    stored.log.insert(stored.log.end(), more.begin(), more.end());
  }
  return stored;
}

Result<StoredCallLog> read_call_log(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) {
    return failure(ErrorCode::not_found, fmt::format("{} cannot be read", file.string()));
  }
  if (size > kFileMax) return failure(ErrorCode::too_large, "a log has at most 1 GiB");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return parse_call_log(bytes);
}

CallLogFile::~CallLogFile() { close(); }

void CallLogFile::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Result<> CallLogFile::create(const std::filesystem::path& path, const SessionPlan& plan) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    return failure(ErrorCode::unavailable,
                   fmt::format("the log of a call cannot be made: {}", std::strerror(errno)));
  }
  if (auto begun = write_all(descriptor_, kMagic); !begun) return begun;
  return append(write_plan(plan));
}

Result<> CallLogFile::append(std::string_view piece) {
  while (!piece.empty()) {
    const std::string_view part = piece.substr(0, kPieceMax);
    std::string whole;
    whole.reserve(kHead + part.size());
    put(whole, static_cast<std::uint32_t>(part.size()));
    put(whole, crc32(part));
    whole += part;
    if (auto written = write_all(descriptor_, whole); !written) return written;
    piece.remove_prefix(part.size());
  }
  return {};
}

}  // namespace antiphon
