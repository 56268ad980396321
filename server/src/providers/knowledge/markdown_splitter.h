// Cuts plain text and Markdown into chunks of one sentence each, with the headings above it.
//
// A list item, a table row and a code block are sentences of their own; a table row carries its
// column titles.
// Limits  ports/document_splitter.h.
// Source  CommonMark with GitHub's tables (cmark-gfm).
#pragma once

#include "ports/document_splitter.h"

namespace antiphon {

class MarkdownSplitter final : public DocumentSplitter {
 public:
  [[nodiscard]] Result<std::vector<Chunk>> split(const Document& document) const override;
};

}  // namespace antiphon
