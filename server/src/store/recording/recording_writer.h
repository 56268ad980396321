// One recording on its way to the disk: block by block, then the end block.
//
// A block that does not fit on the disk is taken back whole; finish() then makes room for the end
// block by giving up the last blocks.
// Errors  already_exists: there is such a file; resource_exhausted: the disk is full; unavailable.
// Thread  one; blocks on the disk. A kill loses nothing that was appended; finish() syncs.
#pragma once

#include "crypto/hash.h"
#include "ports/recording_seals.h"
#include "store/recording/block_codec.h"
#include "store/recording/recording_format.h"

#include <filesystem>
#include <memory>

namespace antiphon {

class RecordingWriter {
 public:
  // Makes `path` (mode 0600) and its folder (0700). `codec` is of the header.
  [[nodiscard]] static Result<RecordingWriter> create(const std::filesystem::path& path,
                                                      const RecordingHeader& header,
                                                      BlockCodec codec = {});
  // Goes on with what read_index() found; the rest of the file is cut off.
  [[nodiscard]] static Result<RecordingWriter> reopen(const std::filesystem::path& path,
                                                      RecordingIndex index, BlockCodec codec = {});
  RecordingWriter(RecordingWriter&& other) noexcept;
  RecordingWriter& operator=(RecordingWriter&&) = delete;
  ~RecordingWriter();

  Result<> append_audio(const StereoBlock& block);
  Result<> append_mark(BlockKind kind, SamplePosition at);
  // What the recording came to; the file is whole and synced.
  Result<Recording> finish(const RecordingOutcome& outcome, std::vector<SampleSpan> pauses);
  [[nodiscard]] std::uint64_t sample_count() const { return index_.sample_count; }
  [[nodiscard]] std::uint64_t byte_count() const { return index_.byte_count; }

 private:
  RecordingWriter(int descriptor, std::filesystem::path path, RecordingIndex index,
                  BlockCodec codec);

  Result<> append(std::string_view bytes);
  Result<> cut(std::uint64_t size);
  void give_up_blocks(std::uint64_t bytes);

  int descriptor_;
  std::filesystem::path path_;
  RecordingIndex index_;
  BlockCodec codec_;
  std::unique_ptr<Sha256Stream> hash_;  // of everything written; null once something was taken back
};

// Ends what a killed server left: the torn tail is cut, the end block written. A file that was
// finished stays as it is. A sealed one is opened and gone on with through `sealing`, which may
// take its time; when that is null or fails the file stays for another start.
// Errors  corrupt: it holds no sound, the file is gone then; not_found: its key was shredded, the
//         file likewise; those of RecordingSeals::open; unavailable.
struct RecordingSealing {
  RecordingSeals& seals;
  Random& random;  // from any thread
};
[[nodiscard]] Result<Recording> recover_recording(const std::filesystem::path& path,
                                                  const RecordingSealing* sealing = nullptr);

// Reads of an open file, as read_index() wants them.
[[nodiscard]] ReadAt read_descriptor(int descriptor);
[[nodiscard]] Result<std::uint64_t> size_of_descriptor(int descriptor);

}  // namespace antiphon
