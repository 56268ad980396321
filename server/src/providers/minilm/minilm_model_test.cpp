#include "providers/minilm/minilm_model.h"

#include "providers/minilm/word_pieces.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <numeric>

namespace antiphon {
namespace {

namespace json = boost::json;

struct Golden {
  std::string text;
  std::vector<std::int64_t> ids;
  std::vector<double> embedding;
};

// Values of the tokenizers and onnxruntime Python packages on the same model.
std::vector<Golden> golden() {
  std::ifstream in(repository_root() / "server/testdata/minilm_golden.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::vector<Golden> all;
  for (const json::value& entry : json::parse(text).as_array()) {
    all.push_back({json::value_to<std::string>(entry.at("text")),
                   json::value_to<std::vector<std::int64_t>>(entry.at("ids")),
                   json::value_to<std::vector<double>>(entry.at("embedding"))});
  }
  return all;
}

double cosine(const Embedding& left, const std::vector<double>& right) {
  return std::inner_product(left.begin(), left.end(), right.begin(), 0.0);
}

class MiniLm : public testing::Test {
 protected:
  Result<std::vector<Embedding>> embed(std::vector<std::string> texts) {
    boost::asio::io_context loop;
    return run(loop, model_->embed(std::move(texts)));
  }

  ManualClock clock_;
  Metrics metrics_;
  InferencePool pool_{clock_, metrics_, {.threads = 1}};
  std::unique_ptr<MiniLmModel> model_ = *MiniLmModel::open(models_folder() / "minilm", pool_);
};

TEST(WordPieces, GiveTheIdsOfTheReferenceTokenizer) {
  const auto pieces = *WordPieces::read(models_folder() / "minilm/tokenizer.json");
  const auto all = golden();
  ASSERT_EQ(all.size(), 5U);
  for (const Golden& each : all)
    EXPECT_EQ(pieces.encode(each.text, 256), each.ids) << each.text;
}

TEST(WordPieces, KeepTheirLimitAndSurviveAnyBytes) {
  const auto pieces = *WordPieces::read(models_folder() / "minilm/tokenizer.json");
  std::string words;
  for (int i = 0; i < 500; ++i)
    words += "word ";
  EXPECT_EQ(pieces.encode(words, 256).size(), 256U);
  EXPECT_EQ(pieces.encode(words, 256).back(), 102);
  EXPECT_EQ(pieces.encode("", 256), (std::vector<std::int64_t>{101, 102}));
  EXPECT_EQ(pieces.encode("\xFF\xC3", 256), (std::vector<std::int64_t>{101, 102}));
  // A word of more than a hundred letters is unknown.
  EXPECT_EQ(pieces.encode(std::string(8'000, 'a'), 256),
            (std::vector<std::int64_t>{101, 100, 102}));
}

TEST_F(MiniLm, PutsSentencesWhereTheReferenceDoes) {
  for (const Golden& each : golden()) {
    const auto points = embed({each.text});
    ASSERT_TRUE(points.has_value());
    ASSERT_EQ(points->at(0).size(), kEmbeddingSize);
    EXPECT_GT(cosine(points->at(0), each.embedding), 0.999) << each.text;
    EXPECT_NEAR(cosine(points->at(0), {points->at(0).begin(), points->at(0).end()}), 1.0, 1e-5);
  }
}

TEST_F(MiniLm, LaysAQuestionNearerToItsAnswerThanToAnother) {
  const auto points =
      embed({"When are you open on weekends?", "Our hours on Saturday and Sunday are ten to four.",
             "Parking costs two dollars an hour."});
  ASSERT_TRUE(points.has_value());
  const std::vector<double> question(points->at(0).begin(), points->at(0).end());
  EXPECT_GT(cosine(points->at(1), question), cosine(points->at(2), question) + 0.2);
}

TEST_F(MiniLm, RefusesMoreThanItsLimits) {
  EXPECT_EQ(embed(std::vector<std::string>(257, "a")).error().code, ErrorCode::too_large);
  EXPECT_EQ(embed({std::string(8'193, 'a')}).error().code, ErrorCode::too_large);
  EXPECT_TRUE(embed({})->empty());
}

}  // namespace
}  // namespace antiphon
