// The recordings under one folder, read back.
//
// Thread  any.
#pragma once

#include "ports/recording_archive.h"

#include <filesystem>
#include <string_view>

namespace antiphon {

// FOLDER/<workspace>/<conversation><extension>
[[nodiscard]] std::filesystem::path recording_path(const std::filesystem::path& folder,
                                                   WorkspaceId workspace, ConversationId id,
                                                   std::string_view extension);

class DiskArchive final : public RecordingArchive {
 public:
  explicit DiskArchive(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] Result<std::unique_ptr<RecordingReader>> open(WorkspaceId workspace,
                                                              ConversationId id) override;
  Result<> confirm(WorkspaceId workspace, ConversationId id) override;
  Result<> erase(WorkspaceId workspace, ConversationId id) override;

 private:
  std::filesystem::path folder_;
};

// All recordings of a workspace, each losing its key first. unavailable: some are left.
[[nodiscard]] Result<> erase_recordings(const std::filesystem::path& folder, WorkspaceId workspace);

// Of one file. not_found, corrupt, unavailable.
[[nodiscard]] Result<std::unique_ptr<RecordingReader>> open_recording(
    const std::filesystem::path& path);

}  // namespace antiphon
