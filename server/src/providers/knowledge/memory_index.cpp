#include "providers/knowledge/memory_index.h"

#include "core/run_on.h"
#include "providers/terms.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace antiphon {

namespace {

constexpr double kLexicalWeight = 0.25;
constexpr double kTermSaturation = 1.2;     // k1
constexpr double kLengthWeight = 0.75;      // b
constexpr std::size_t kComputeAbove = 500;  // chunks a media worker may score itself: 0.1 ms

float dot(const float* left, const float* right, std::size_t count) {
  // Eight sums let the compiler use one vector register; strict floating point forbids it
  // otherwise.
  std::array<float, 8> sums{};
  for (std::size_t index = 0; index + 8 <= count; index += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane)
      sums[lane] += left[index + lane] * right[index + lane];
  }
  float total = 0;
  for (const float sum : sums)
    total += sum;
  return total;
}

}  // namespace

struct MemoryIndex::Shard {
  DocumentId document;
  std::string title;
  std::vector<Chunk> chunks;      // without embeddings
  std::vector<float> embeddings;  // kEmbeddingSize a chunk
  std::vector<std::map<std::string, int>> terms;
  std::vector<int> lengths;
};

struct MemoryIndex::Base {
  std::map<DocumentId, std::shared_ptr<const Shard>> shards;
  std::unordered_map<std::string, int> chunks_with;  // by term
  std::size_t chunk_count = 0;
  std::size_t term_count = 0;

  // sign +1: the shard comes; -1: it goes.
  void count(const Shard& shard, int sign) {
    for (std::size_t index = 0; index < shard.chunks.size(); ++index) {
      chunk_count += static_cast<std::size_t>(sign);
      term_count += static_cast<std::size_t>(sign * shard.lengths[index]);
      for (const auto& [term, times] : shard.terms[index]) {
        if ((chunks_with[term] += sign) == 0) chunks_with.erase(term);
      }
    }
  }
};

struct MemoryIndex::Snapshot {
  std::vector<std::shared_ptr<const Shard>> shards;
  std::vector<std::pair<std::string, double>> terms;  // of the question, with their weight
  double length_average = 1;
  double lexical_best = 0;  // BM25 of a chunk that holds every term once
  std::size_t chunk_count = 0;
};

MemoryIndex::MemoryIndex(EmbeddingModel& embeddings, Executor compute)
    : embeddings_(embeddings), compute_(std::move(compute)) {}

MemoryIndex::~MemoryIndex() = default;

Result<> MemoryIndex::replace(WorkspaceId workspace, KnowledgeBaseId base, DocumentId document,
                              std::string title, std::vector<Chunk> chunks) {
  auto shard = std::make_shared<Shard>();
  shard->document = document;
  shard->title = std::move(title);
  for (Chunk& chunk : chunks) {
    if (chunk.embedding.size() != kEmbeddingSize) continue;
    shard->embeddings.insert(shard->embeddings.end(), chunk.embedding.begin(),
                             chunk.embedding.end());
    chunk.embedding = {};
    auto& counts = shard->terms.emplace_back();
    int length = 0;
    // A document's title is mostly its first heading too: once is enough.
    const std::string above =
        shard->title == chunk.heading ? chunk.heading : shard->title + ' ' + chunk.heading;
    for (std::string& term : index_terms(above + ' ' + chunk.text)) {
      ++counts[std::move(term)];
      ++length;
    }
    shard->lengths.push_back(length);
    shard->chunks.push_back(std::move(chunk));
  }
  const MutexLock lock(mutex_);
  std::unique_ptr<Base>& slot = bases_[{workspace, base}];
  if (!slot) slot = std::make_unique<Base>();
  Base& state = *slot;
  if (const auto old = state.shards.find(document); old != state.shards.end()) {
    state.count(*old->second, -1);
    state.shards.erase(old);
  }
  if (shard->chunks.empty()) return {};
  if (state.chunk_count + shard->chunks.size() > kChunksMax) {
    return failure(ErrorCode::too_large, "the knowledge base is full: 100,000 sentences");
  }
  state.count(*shard, +1);
  state.shards.emplace(document, std::move(shard));
  return {};
}

void MemoryIndex::forget(WorkspaceId workspace) {
  const MutexLock lock(mutex_);
  std::erase_if(bases_, [workspace](const auto& entry) { return entry.first.first == workspace; });
}

std::size_t MemoryIndex::chunk_count(WorkspaceId workspace) const {
  const MutexLock lock(mutex_);
  std::size_t count = 0;
  for (const auto& [key, base] : bases_) {
    if (key.first == workspace) count += base->chunk_count;
  }
  return count;
}

MemoryIndex::Snapshot MemoryIndex::snapshot(const KnowledgeQuery& query) const {
  Snapshot snapshot;
  std::vector<std::string> terms = index_terms(query.text);
  std::ranges::sort(terms);
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  std::map<std::string, int> chunks_with;
  std::size_t term_count = 0;
  const MutexLock lock(mutex_);
  for (const KnowledgeBaseId base : query.bases) {
    const auto found = bases_.find({query.workspace, base});
    if (found == bases_.end()) continue;
    for (const auto& [document, shard] : found->second->shards)
      snapshot.shards.push_back(shard);
    snapshot.chunk_count += found->second->chunk_count;
    term_count += found->second->term_count;
    for (const std::string& term : terms) {
      const auto count = found->second->chunks_with.find(term);
      if (count != found->second->chunks_with.end()) chunks_with[term] += count->second;
    }
  }
  if (snapshot.chunk_count == 0) return snapshot;
  const auto total = static_cast<double>(snapshot.chunk_count);
  snapshot.length_average = std::max(1.0, static_cast<double>(term_count) / total);
  for (std::string& term : terms) {
    const double holders = chunks_with[term];
    const double weight = std::log(1.0 + (total - holders + 0.5) / (holders + 0.5));
    snapshot.lexical_best += weight;
    snapshot.terms.emplace_back(std::move(term), weight);
  }
  return snapshot;
}

std::vector<Passage> MemoryIndex::score(const Snapshot& snapshot, const Embedding& question,
                                        std::size_t passages_max) {
  struct Hit {
    double score;
    double likeness;
    const Shard* shard;
    std::size_t chunk;
  };
  std::vector<Hit> hits;
  hits.reserve(snapshot.chunk_count);
  for (const auto& shard : snapshot.shards) {
    for (std::size_t chunk = 0; chunk < shard->chunks.size(); ++chunk) {
      double lexical = 0;
      const double relative_length = shard->lengths[chunk] / snapshot.length_average;
      for (const auto& [term, weight] : snapshot.terms) {
        const auto count = shard->terms[chunk].find(term);
        if (count == shard->terms[chunk].end()) continue;
        const double times = count->second;
        lexical +=
            weight * times * (kTermSaturation + 1) /
            (times + kTermSaturation * (1 - kLengthWeight + kLengthWeight * relative_length));
      }
      if (snapshot.lexical_best > 0) lexical = std::min(1.0, lexical / snapshot.lexical_best);
      const double dense =
          dot(question.data(), &shard->embeddings[chunk * kEmbeddingSize], kEmbeddingSize);
      const double score = std::clamp(dense + kLexicalWeight * lexical * (1 - dense), 0.0, 1.0);
      hits.push_back({score, dense, shard.get(), chunk});
    }
  }
  const std::size_t count = std::min(passages_max, hits.size());
  const auto middle = hits.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(hits, middle, std::ranges::greater{}, &Hit::score);
  std::vector<Passage> passages;
  for (std::size_t index = 0; index < count; ++index) {
    const Hit& hit = hits[index];
    const Chunk& chunk = hit.shard->chunks[hit.chunk];
    passages.push_back({hit.shard->document, chunk.ordinal, hit.shard->title, chunk.heading,
                        chunk.text, hit.score, hit.likeness});
  }
  return passages;
}

Task<Result<std::vector<Passage>>> MemoryIndex::search(KnowledgeQuery query) {
  constexpr std::size_t kPassagesMax = 20;
  Snapshot found = snapshot(query);
  if (found.chunk_count == 0) co_return std::vector<Passage>{};
  std::vector<std::string> texts;
  texts.push_back(std::move(query.text));
  auto embedded = co_await embeddings_.embed(std::move(texts));
  if (!embedded) co_return std::unexpected(std::move(embedded.error()));
  const std::size_t count = std::min(query.passages_max, kPassagesMax);
  if (found.chunk_count <= kComputeAbove) co_return score(found, embedded->front(), count);
  auto work = [snapshot = std::move(found), question = std::move(embedded->front()), count] {
    return score(snapshot, question, count);
  };
  co_return co_await run_on(compute_, std::move(work));
}

}  // namespace antiphon
