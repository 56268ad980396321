// What every store asks of the chunks of a document before it takes them.
#pragma once

#include "core/result.h"
#include "domain/knowledge.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace antiphon::store {

inline constexpr std::size_t kChunksMax = 5'000;
inline constexpr std::size_t kChunkTextMax = 8'000;  // code points

// too_large: more than kChunksMax. invalid_argument: an empty or long text, a vector of another
// size, an ordinal that does not rise, a model without a name.
[[nodiscard]] Result<> check_chunks(std::span<const Chunk> chunks, std::string_view model);

}  // namespace antiphon::store
