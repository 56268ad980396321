// Journal entries on disk, while the database is away.
//
// Format  records one behind the other: "AJ1\n", length (4 bytes little-endian), CRC-32 of the
//         payload (likewise), payload. A record that is damaged or torn is skipped: reading goes on
//         at the next marker.
// Limits  a record has at most 4 MiB; the file at most the size given, then append() says
//         resource_exhausted.
// Errors  unavailable (the folder cannot be used), resource_exhausted (no room on the disk, or the
//         limit).
// Thread  one; writing and syncing block.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct SpoolScan {
  std::vector<std::string> payloads;
  std::size_t consumed = 0;  // bytes that were read past; what follows may be the front of a record
  std::size_t damaged = 0;   // stretches that were skipped
};

// Reads up to `records_max` records. `last`: no bytes will follow, so an unfinished record is a
// damaged one.
[[nodiscard]] SpoolScan scan_spool(std::string_view bytes, std::size_t records_max, bool last);
[[nodiscard]] std::string frame_record(std::string_view payload);

class SpoolFile {
 public:
  // Opens or makes `path` (mode 0600); its folder exists.
  [[nodiscard]] static Result<SpoolFile> open(const std::filesystem::path& path,
                                              std::uint64_t bytes_max);
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();

  // All of it or nothing.
  Result<> append(std::string_view framed);
  Result<> sync();
  // The next records that were not yet passed.
  [[nodiscard]] Result<SpoolScan> read(std::size_t records_max);
  void pass(const SpoolScan& scan);
  // Everything was passed.
  [[nodiscard]] bool empty() const { return read_ >= size_; }
  Result<> clear();
  // Makes room: the events among the older half of the records, or among all, go. Returns how many.
  enum class Part : std::uint8_t { older_half, all };
  Result<std::size_t> drop_oldest_events(Part part);
  // How often that moved what read() had answered.
  [[nodiscard]] std::size_t moves() const { return moves_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  SpoolFile(int descriptor, std::uint64_t size, std::uint64_t bytes_max)
      : descriptor_(descriptor), size_(size), bytes_max_(bytes_max) {}

  Result<> write_at(std::uint64_t offset, std::string_view bytes);

  int descriptor_;
  std::uint64_t size_;
  std::uint64_t bytes_max_;
  std::uint64_t read_ = 0;
  std::size_t moves_ = 0;
};

}  // namespace antiphon
