// What an agent knows: documents, the chunks they are cut into, and what a search returns.
#pragma once

#include "core/clock.h"
#include "domain/ids.h"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

enum class DocumentStatus : std::uint8_t { pending, ready, failed };
BOOST_DESCRIBE_ENUM(DocumentStatus, pending, ready, failed)

enum class DocumentFormat : std::uint8_t { plain_text, markdown };
BOOST_DESCRIBE_ENUM(DocumentFormat, plain_text, markdown)

struct Document {
  DocumentId id;
  WorkspaceId workspace;
  KnowledgeBaseId knowledge_base;
  std::string title;
  DocumentFormat format = DocumentFormat::plain_text;
  std::string text;  // the source as it was given; at most 1 MiB
  DocumentStatus status = DocumentStatus::pending;
  std::string error;  // for people, when failed
  std::int64_t chunk_count = 0;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
};

// 384 numbers of unit length (all-MiniLM-L6-v2).
using Embedding = std::vector<float>;
inline constexpr std::size_t kEmbeddingSize = 384;

// A piece of a document that can be quoted: one sentence to one paragraph.
struct Chunk {
  DocumentId document;
  std::int32_t ordinal = 0;  // position in the document, from 0
  std::string heading;       // the Markdown headings above it, joined by " > "
  std::string text;
  Embedding embedding;
};

// A chunk that answers a question, best first. score: 0 to 1; likeness: its part that is meaning
// alone, -1 to 1, without a bonus for shared words.
struct Passage {
  DocumentId document;
  std::int32_t ordinal = 0;
  std::string title;
  std::string heading;
  std::string text;
  double score = 0;
  double likeness = 0;
};

}  // namespace antiphon
