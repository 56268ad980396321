#include "providers/minilm/minilm_model.h"

#include "providers/minilm/word_pieces.h"
#include "providers/onnx_session.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kTextsMax = 256;
constexpr std::size_t kTextMax = 8 * 1024;
constexpr std::size_t kPiecesMax = 256;
constexpr Duration kPatience = 10s;

}  // namespace

struct MiniLmModel::Parts {
  WordPieces pieces;
  OnnxSession session;
};

MiniLmModel::MiniLmModel(std::shared_ptr<const Parts> parts, InferencePool& pool)
    : parts_(std::move(parts)), pool_(pool) {}

MiniLmModel::~MiniLmModel() = default;

Result<std::unique_ptr<MiniLmModel>> MiniLmModel::open(const std::filesystem::path& folder,
                                                       InferencePool& pool) {
  auto pieces = WordPieces::read(folder / "tokenizer.json");
  if (!pieces) return std::unexpected(std::move(pieces.error()));
  auto session = OnnxSession::open(folder / "model.onnx", {.threads = 1});
  if (!session) return std::unexpected(std::move(session.error()));
  auto parts = std::make_shared<const Parts>(Parts{std::move(*pieces), std::move(*session)});
  // The first run is slow, and a model of another shape is found now rather than in a call.
  auto fits = embed_one(*parts, "ready");
  if (!fits) return std::unexpected(std::move(fits.error()));
  return std::unique_ptr<MiniLmModel>(new MiniLmModel(std::move(parts), pool));
}

Result<Embedding> MiniLmModel::embed_one(const Parts& parts, std::string_view text) {
  const auto ids = parts.pieces.encode(text, kPiecesMax);
  const auto length = static_cast<std::int64_t>(ids.size());
  auto binding = parts.session.bind({{"input_ids", {1, length}, OnnxType::int64},
                                     {"attention_mask", {1, length}, OnnxType::int64},
                                     {"token_type_ids", {1, length}, OnnxType::int64}},
                                    {{"last_hidden_state", {1, length, kEmbeddingSize}}});
  if (!binding) return std::unexpected(std::move(binding.error()));
  std::ranges::copy(ids, binding->integers("input_ids").begin());
  // Nothing is padded, so every word piece counts.
  std::ranges::fill(binding->integers("attention_mask"), 1);
  auto ran = binding->run();
  if (!ran) return std::unexpected(std::move(ran.error()));
  const auto hidden = binding->floats("last_hidden_state");
  Embedding sum(kEmbeddingSize, 0.0F);
  for (std::size_t i = 0; i < hidden.size(); ++i)
    sum[i % kEmbeddingSize] += hidden[i];
  double square = 0.0;
  for (const float value : sum)
    square += double{value} * double{value};
  // The mean and the sum point the same way.
  const double scale = 1.0 / std::max(std::sqrt(square), 1e-12);
  for (float& value : sum)
    value = static_cast<float>(value * scale);
  return sum;
}

Task<Result<std::vector<Embedding>>> MiniLmModel::embed(std::vector<std::string> texts) {
  const auto is_long = [](const std::string& text) { return text.size() > kTextMax; };
  if (texts.size() > kTextsMax || std::ranges::any_of(texts, is_long)) {
    co_return failure(ErrorCode::too_large, "at most 256 texts of 8 KiB are embedded at once");
  }
  std::vector<Embedding> points;
  for (std::string& text : texts) {
    // A job a text: a document's upload must not hold a thread for seconds while a caller waits.
    const InferenceJob job{.kind = InferenceKind::embed,
                           .deadline = pool_.clock().now() + kPatience};
    auto point = co_await pool_.run<Embedding>(
        job, [parts = parts_, text = std::move(text)] { return embed_one(*parts, text); });
    if (!point) co_return std::unexpected(std::move(point.error()));
    points.push_back(std::move(*point));
  }
  co_return points;
}

std::string MiniLmModel::identity() const { return "all-MiniLM-L6-v2-int8/1"; }

}  // namespace antiphon
