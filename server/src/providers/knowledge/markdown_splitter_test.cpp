#include "providers/knowledge/markdown_splitter.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;  // heading, text

Texts split(std::string text, DocumentFormat format) {
  Document document;
  document.format = format;
  document.text = std::move(text);
  const auto chunks = MarkdownSplitter().split(document);
  if (!chunks) return {{"error", chunks.error().message}};
  Texts texts;
  for (std::size_t index = 0; index < chunks->size(); ++index) {
    EXPECT_EQ((*chunks)[index].ordinal, static_cast<std::int32_t>(index));
    texts.emplace_back((*chunks)[index].heading, (*chunks)[index].text);
  }
  return texts;
}

TEST(MarkdownSplitter, GivesEachSentenceItsHeadings) {
  EXPECT_EQ(split("# Hours\nWe open at **nine**. We close at five.\n\n## Holidays\nClosed.\n"
                  "# Prices\nA [cleaning](http://a) is *forty* dollars.",
                  DocumentFormat::markdown),
            (Texts{{"Hours", "We open at nine."},
                   {"Hours", "We close at five."},
                   {"Hours > Holidays", "Closed."},
                   {"Prices", "A cleaning is forty dollars."}}));
}

TEST(MarkdownSplitter, ReadsListsTablesAndCodeAsSentences) {
  EXPECT_EQ(
      split("- Cash\n- Cards\n\n| Service | Price |\n| --- | --- |\n| Cleaning | forty |\n"
            "\n```\ncode here\n```\n<div>no</div>\n",
            DocumentFormat::markdown),
      (Texts{{"", "Cash"}, {"", "Cards"}, {"", "Cleaning, Price: forty."}, {"", "code here"}}));
}

TEST(MarkdownSplitter, TakesPlainTextAsItIs) {
  EXPECT_EQ(split("# not a heading. Second.\n\nThird", DocumentFormat::plain_text),
            (Texts{{"", "# not a heading."}, {"", "Second."}, {"", "Third"}}));
}

TEST(MarkdownSplitter, RefusesWhatItCannotRead) {
  EXPECT_EQ(split("\xff\xfe", DocumentFormat::markdown),
            (Texts{{"error", "the document is not valid UTF-8 text"}}));
  EXPECT_EQ(split(std::string(1024 * 1024 + 1, 'a'), DocumentFormat::plain_text),
            (Texts{{"error", "a document holds at most 1 MiB of text"}}));
  std::string many;
  for (int index = 0; index < 5'001; ++index)
    many += "One. Two. ";
  EXPECT_EQ(split(many, DocumentFormat::plain_text).front().first, "error");
}

TEST(MarkdownSplitter, OfAnEmptyDocumentGivesNothing) {
  EXPECT_EQ(split("", DocumentFormat::markdown), Texts{});
}

}  // namespace
}  // namespace antiphon
