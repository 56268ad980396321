#include "providers/knowledge/markdown_splitter.h"

#include "core/utf8.h"
#include "providers/knowledge/sentences.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>
#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <string_view>

namespace antiphon {

namespace {

constexpr std::size_t kTextMax = 1024 * 1024;
constexpr std::size_t kChunksMax = 5'000;

struct FreeParser {
  void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using Node = std::unique_ptr<cmark_node, FreeNode>;

Node parse_markdown(std::string_view text) {
  static std::once_flag registered;
  std::call_once(registered, cmark_gfm_core_extensions_ensure_registered);
  const std::unique_ptr<cmark_parser, FreeParser> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
  cmark_parser_attach_syntax_extension(parser.get(), cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser.get(), text.data(), text.size());
  return Node(cmark_parser_finish(parser.get()));
}

// Leaf text of everything below `node`, without link targets and HTML.
std::string text_below(cmark_node* node) {
  std::string text;
  cmark_iter* iterator = cmark_iter_new(node);
  for (cmark_event_type event = cmark_iter_next(iterator); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(iterator)) {
    cmark_node* current = cmark_iter_get_node(iterator);
    if (event != CMARK_EVENT_ENTER) continue;
    const cmark_node_type type = cmark_node_get_type(current);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_CODE_BLOCK) {
      const char* literal = cmark_node_get_literal(current);
      if (literal != nullptr) text += literal;
    } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
      text += ' ';
    }
  }
  cmark_iter_free(iterator);
  return text;
}

class Collector {
 public:
  explicit Collector(const Document& document) : document_(document) {}

  void visit(cmark_node* block) {
    const cmark_node_type type = cmark_node_get_type(block);
    if (type == CMARK_NODE_HEADING) {
      enter_heading(static_cast<std::size_t>(cmark_node_get_heading_level(block)),
                    text_below(block));
    } else if (std::string_view(cmark_node_get_type_string(block)) == "table") {
      visit_table(block);
    } else if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_CODE_BLOCK) {
      add(text_below(block));
    } else if (type != CMARK_NODE_HTML_BLOCK) {
      for (cmark_node* child = cmark_node_first_child(block); child != nullptr;
           child = cmark_node_next(child)) {
        visit(child);
      }
    }
  }

  void add(std::string_view text) {
    for (std::string& sentence : split_sentences(text)) {
      Chunk chunk;
      chunk.document = document_.id;
      chunk.ordinal = static_cast<std::int32_t>(chunks_.size());
      chunk.heading = fmt::format("{}", fmt::join(headings_, " > "));
      chunk.text = std::move(sentence);
      chunks_.push_back(std::move(chunk));
    }
  }

  std::vector<Chunk> take() { return std::move(chunks_); }

 private:
  void enter_heading(std::size_t level, std::string text) {
    if (headings_.size() >= level) headings_.resize(level - 1);
    headings_.push_back(std::move(text));
  }

  // "Price: forty dollars, Duration: one hour": a cell alone says nothing aloud.
  void visit_table(cmark_node* table) {
    std::vector<std::string> titles;
    for (cmark_node* row = cmark_node_first_child(table); row != nullptr;
         row = cmark_node_next(row)) {
      std::vector<std::string> cells;
      for (cmark_node* cell = cmark_node_first_child(row); cell != nullptr;
           cell = cmark_node_next(cell)) {
        cells.push_back(text_below(cell));
      }
      if (titles.empty()) {
        titles = std::move(cells);
        continue;
      }
      std::string line;
      for (std::size_t index = 0; index < cells.size() && index < titles.size(); ++index) {
        if (cells[index].empty()) continue;
        if (!line.empty()) line += ", ";
        line += index == 0 || titles[index].empty()
                    ? cells[index]
                    : fmt::format("{}: {}", titles[index], cells[index]);
      }
      add(line + ".");
    }
  }

  const Document& document_;
  std::vector<std::string> headings_;
  std::vector<Chunk> chunks_;
};

void split_plain(Collector& collector, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    collector.add(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
}

}  // namespace

Result<std::vector<Chunk>> MarkdownSplitter::split(const Document& document) const {
  if (document.text.size() > kTextMax) {
    return failure(ErrorCode::too_large, "a document holds at most 1 MiB of text");
  }
  if (!is_valid_utf8(document.text)) {
    return failure(ErrorCode::invalid_argument, "the document is not valid UTF-8 text");
  }
  Collector collector(document);
  if (document.format == DocumentFormat::markdown) {
    const Node root = parse_markdown(document.text);
    collector.visit(root.get());
  } else {
    split_plain(collector, document.text);
  }
  std::vector<Chunk> chunks = collector.take();
  if (chunks.size() > kChunksMax) {
    return failure(
        ErrorCode::too_large,
        fmt::format("the document has {} sentences; split it into documents of at most {}",
                    chunks.size(), kChunksMax));
  }
  return chunks;
}

}  // namespace antiphon
