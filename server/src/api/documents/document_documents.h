// What /api/agents/{agent}/documents reads and writes.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/knowledge.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct DocumentInput {
  Text<1, 200> title;
  DocumentFormat format = DocumentFormat::plain_text;
  Text<1, 1'048'576> text;
  static constexpr std::string_view kOptionalFields[] = {"format"};
};
BOOST_DESCRIBE_STRUCT(DocumentInput, (), (title, format, text))

struct DocumentOutput {
  DocumentId id;
  std::string title;
  DocumentFormat format = DocumentFormat::plain_text;
  DocumentStatus status = DocumentStatus::pending;
  std::optional<std::string> error;
  std::int64_t chunk_count = 0;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
  std::optional<std::string> text;
  static constexpr FieldNote kNotes[] = {
      {"status", "pending until the agent can answer from it; failed with the reason in error."},
      {"chunk_count", "Sentences that can be quoted."},
      {"text", "Left out in lists."}};
};
BOOST_DESCRIBE_STRUCT(DocumentOutput, (),
                      (id, title, format, status, error, chunk_count, revision, created_at,
                       updated_at, text))

struct DocumentList {
  std::vector<DocumentOutput> items;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(DocumentList, (), (items, next_cursor))

struct DocumentListQuery {
  Integer<1, 200> limit{50};
  Text<0, 500> cursor;
  static constexpr std::string_view kOptionalFields[] = {"*"};
};
BOOST_DESCRIBE_STRUCT(DocumentListQuery, (), (limit, cursor))

struct QuestionInput {
  Text<1, 500> question;
};
BOOST_DESCRIBE_STRUCT(QuestionInput, (), (question))

struct PassageOutput {
  DocumentId document;
  std::string title;
  std::string heading;
  std::string text;
  double score = 0;
};
BOOST_DESCRIBE_STRUCT(PassageOutput, (), (document, title, heading, text, score))

struct PassageList {
  std::vector<PassageOutput> items;
};
BOOST_DESCRIBE_STRUCT(PassageList, (), (items))

}  // namespace antiphon
