// An EmbeddingModel that exists before its model is loaded, and says so until then.
#pragma once

#include "ports/embedding_model.h"

#include <atomic>

namespace antiphon {

class LateEmbeddings final : public EmbeddingModel {
 public:
  void set(EmbeddingModel& model) { model_ = &model; }

  Task<Result<std::vector<Embedding>>> embed(std::vector<std::string> texts) override;
  [[nodiscard]] std::string identity() const override;

 private:
  std::atomic<EmbeddingModel*> model_{nullptr};
};

}  // namespace antiphon
