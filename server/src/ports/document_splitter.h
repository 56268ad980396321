// Cuts a document into chunks that can be quoted. Embeddings are filled in later.
//
// Limits  1 MiB of text, 5,000 chunks; more is too_large. Bytes that are not UTF-8:
//         invalid_argument.
// Thread  any; pure.
#pragma once

#include "core/result.h"
#include "domain/knowledge.h"

#include <vector>

namespace antiphon {

class DocumentSplitter {
 public:
  virtual ~DocumentSplitter() = default;
  [[nodiscard]] virtual Result<std::vector<Chunk>> split(const Document& document) const = 0;
};

}  // namespace antiphon
