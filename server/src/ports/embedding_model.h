// Turns text into a point of meaning: texts that mean the same lie close together.
//
// Input   up to 256 texts of up to 8 KiB; the model reads the first 256 word pieces of each.
// Output  one Embedding of kEmbeddingSize each, unit length, in order.
// Errors  timeout, resource_exhausted, unavailable, cancelled.
// Thread  any executor.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/knowledge.h"

#include <string>
#include <vector>

namespace antiphon {

class EmbeddingModel {
 public:
  virtual ~EmbeddingModel() = default;
  virtual Task<Result<std::vector<Embedding>>> embed(std::vector<std::string> texts) = 0;
  // Changes when stored vectors must be made again.
  [[nodiscard]] virtual std::string identity() const = 0;
};

}  // namespace antiphon
