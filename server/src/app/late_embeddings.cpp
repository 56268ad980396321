#include "app/late_embeddings.h"

#include <utility>

namespace antiphon {

Task<Result<std::vector<Embedding>>> LateEmbeddings::embed(std::vector<std::string> texts) {
  EmbeddingModel* model = model_;
  if (model == nullptr) {
    co_return failure(ErrorCode::unavailable,
                      "the models are still loading; try again in a moment");
  }
  co_return co_await model->embed(std::move(texts));
}

std::string LateEmbeddings::identity() const {
  const EmbeddingModel* model = model_;
  return model == nullptr ? std::string() : model->identity();
}

}  // namespace antiphon
