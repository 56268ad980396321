#include "store/journal/spool_file.h"

#include "core/crc32.h"
#include "store/journal/entry_codec.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kMarker = "AJ1\n";
constexpr std::size_t kHeader = 12;
constexpr std::size_t kPayloadMax = std::size_t{4} << 20;
constexpr std::size_t kReadAhead = kPayloadMax + kHeader;

void append_number(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    out += static_cast<char>((value >> shift) & 0xff);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t byte = 4; byte-- > 0;) {
    value = (value << 8) | static_cast<unsigned char>(bytes[at + byte]);
  }
  return value;
}

std::unexpected<Error> disk_failure(int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return failure(full ? ErrorCode::resource_exhausted : ErrorCode::unavailable,
                 full ? "the disk of the journal's spool is full; free some space"
                      : "the journal's spool cannot be used; look at its folder");
}

enum class Found : std::uint8_t { record, damage, unfinished };

Found look(std::string_view bytes, std::size_t at) {
  if (bytes.size() - at < kHeader) {
    const std::string_view front = bytes.substr(at, kMarker.size());
    return kMarker.starts_with(front) ? Found::unfinished : Found::damage;
  }
  if (bytes.substr(at, kMarker.size()) != kMarker) return Found::damage;
  const std::size_t length = number_at(bytes, at + 4);
  if (length > kPayloadMax) return Found::damage;
  if (bytes.size() - at - kHeader < length) return Found::unfinished;
  const bool intact = crc32(bytes.substr(at + kHeader, length)) == number_at(bytes, at + 8);
  return intact ? Found::record : Found::damage;
}

}  // namespace

std::string frame_record(std::string_view payload) {
  std::string framed(kMarker);
  append_number(framed, static_cast<std::uint32_t>(payload.size()));
  append_number(framed, crc32(payload));
  framed += payload;
  return framed;
}

SpoolScan scan_spool(std::string_view bytes, std::size_t records_max, bool last) {
  SpoolScan scan;
  bool in_damage = false;
  while (scan.consumed < bytes.size() && scan.payloads.size() < records_max) {
    const Found found = look(bytes, scan.consumed);
    if (found == Found::record) {
      const std::size_t length = number_at(bytes, scan.consumed + 4);
      scan.payloads.emplace_back(bytes.substr(scan.consumed + kHeader, length));
      scan.consumed += kHeader + length;
      in_damage = false;
      continue;
    }
    if (found == Found::unfinished && !last) break;
    if (!std::exchange(in_damage, true)) ++scan.damaged;
    const std::size_t next = bytes.find(kMarker, scan.consumed + 1);
    // The last bytes may be the front of the next marker.
    const std::size_t front = last ? 0 : std::min(bytes.size(), kMarker.size() - 1);
    const std::size_t end = bytes.size() - front;
    scan.consumed = next == std::string_view::npos ? std::max(end, scan.consumed + 1) : next;
  }
  return scan;
}

Result<SpoolFile> SpoolFile::open(const std::filesystem::path& path, std::uint64_t bytes_max) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return disk_failure(errno);
  struct stat information{};
  if (::fstat(descriptor, &information) != 0) {
    const int error = errno;
    ::close(descriptor);
    return disk_failure(error);
  }
  return SpoolFile(descriptor, static_cast<std::uint64_t>(information.st_size), bytes_max);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      bytes_max_(other.bytes_max_),
      read_(other.read_) {}

SpoolFile::~SpoolFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<> SpoolFile::write_at(std::uint64_t offset, std::string_view bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + written, bytes.size() - written,
                                   static_cast<off_t>(offset + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return disk_failure(count < 0 ? errno : ENOSPC);
    written += static_cast<std::size_t>(count);
  }
  return {};
}

Result<> SpoolFile::append(std::string_view framed) {
  if (size_ + framed.size() > bytes_max_) {
    return failure(ErrorCode::resource_exhausted, "the journal's spool has reached its limit");
  }
  auto written = write_at(size_, framed);
  if (!written) {
    // A front without its rest would only be skipped later; failing to cut it off costs no record.
    const int cut = ::ftruncate(descriptor_, static_cast<off_t>(size_));
    static_cast<void>(cut);
    return written;
  }
  size_ += framed.size();
  return {};
}

Result<> SpoolFile::sync() {
  if (::fdatasync(descriptor_) != 0) return disk_failure(errno);
  return {};
}

Result<SpoolScan> SpoolFile::read(std::size_t records_max) {
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(size_ - std::min(read_, size_), kReadAhead));
  std::string bytes(wanted, '\0');
  std::size_t filled = 0;
  while (filled < wanted) {
    const ssize_t count = ::pread(descriptor_, bytes.data() + filled, wanted - filled,
                                  static_cast<off_t>(read_ + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return disk_failure(errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  bytes.resize(filled);
  return scan_spool(bytes, records_max, read_ + filled >= size_);
}

void SpoolFile::pass(const SpoolScan& scan) { read_ += scan.consumed; }

Result<> SpoolFile::clear() {
  if (::ftruncate(descriptor_, 0) != 0) return disk_failure(errno);
  size_ = 0;
  read_ = 0;
  return {};
}

// In place, because a full disk has no room for a copy: what is kept moves towards the front. A
// crash half-way leaves damaged or doubled records, which reading skips and applying ignores.
Result<std::size_t> SpoolFile::drop_oldest_events(Part part) {
  ++moves_;
  const std::uint64_t end = size_;
  const std::uint64_t unread = end - std::min(read_, end);
  const std::uint64_t middle = part == Part::all ? end : read_ + unread / 2;
  std::uint64_t from = read_;
  std::uint64_t into = 0;
  std::size_t dropped = 0;
  while (from < end) {
    read_ = from;
    auto scan = read(1);
    if (!scan) return std::unexpected(scan.error());
    if (scan->consumed == 0) break;
    from += scan->consumed;
    if (scan->payloads.empty()) continue;
    if (from <= middle && encodes_event(scan->payloads.front())) {
      ++dropped;
      continue;
    }
    const std::string framed = frame_record(scan->payloads.front());
    auto moved = write_at(into, framed);
    if (!moved) return std::unexpected(moved.error());
    into += framed.size();
  }
  read_ = 0;
  size_ = into;
  if (::ftruncate(descriptor_, static_cast<off_t>(into)) != 0) return disk_failure(errno);
  return dropped;
}

}  // namespace antiphon
