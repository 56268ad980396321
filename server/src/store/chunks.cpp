#include "store/chunks.h"

#include "core/utf8.h"

namespace antiphon::store {

Result<> check_chunks(std::span<const Chunk> chunks, std::string_view model) {
  if (chunks.size() > kChunksMax) {
    return failure(ErrorCode::too_large, "a document has at most 5,000 chunks");
  }
  bool fine = !model.empty() && model.size() <= 120;
  for (std::size_t index = 0; index < chunks.size(); ++index) {
    const Chunk& chunk = chunks[index];
    fine = fine && !chunk.text.empty() && utf8_length(chunk.text) <= kChunkTextMax;
    fine = fine && chunk.embedding.size() == kEmbeddingSize && chunk.ordinal >= 0;
    fine = fine && (index == 0 || chunks[index - 1].ordinal < chunk.ordinal);
  }
  if (fine) return {};
  return failure(ErrorCode::invalid_argument,
                 "a chunk needs a text, 384 numbers, a rising ordinal and a named model");
}

}  // namespace antiphon::store
