// all-MiniLM-L6-v2 (int8) on ONNX Runtime: sentences to points of meaning, 384 numbers of unit
// length.
//
//   auto model = MiniLmModel::open(models / "minilm", pool);
//
// Limits  the port's: 256 texts of 8 KiB, of which the first 256 word pieces count. About 4 ms of a
//         core a question. Texts run one by one: padding a batch of unequal lengths costs more than
//         it saves on a CPU.
// Errors  open(): not_found, corrupt. embed(): too_large, and the pool's.
// Thread  any executor; the pool outlives it.
// Source  sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0): mean of the word pieces, then unit
//         length.
#pragma once

#include "ports/embedding_model.h"
#include "providers/inference_pool.h"

#include <filesystem>
#include <memory>

namespace antiphon {

class MiniLmModel final : public EmbeddingModel {
 public:
  static Result<std::unique_ptr<MiniLmModel>> open(const std::filesystem::path& folder,
                                                   InferencePool& pool);
  ~MiniLmModel() override;

  Task<Result<std::vector<Embedding>>> embed(std::vector<std::string> texts) override;
  [[nodiscard]] std::string identity() const override;

 private:
  struct Parts;
  MiniLmModel(std::shared_ptr<const Parts> parts, InferencePool& pool);
  static Result<Embedding> embed_one(const Parts& parts, std::string_view text);
  std::shared_ptr<const Parts> parts_;  // jobs in flight are the other owners
  InferencePool& pool_;
};

}  // namespace antiphon
