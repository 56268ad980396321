#include "providers/silero/silero_detector.h"

#include "core/check.h"
#include "providers/onnx_session.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::size_t kContext = 64;
constexpr std::size_t kRow = kContext + VoiceActivityDetector::kWindowSamples;
constexpr std::size_t kHidden = 128;
constexpr std::size_t kLayers = 2;
constexpr float kFullScale = 32768.0F;
// A run of a larger batch than needed wastes at most a third of it; binding all 64 would cost 9 MB.
constexpr int kWindowsOfQuiet = 16;  // after which more quiet changes nothing
constexpr std::array<std::size_t, 14> kBatches{1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48, 64};
static_assert(kBatches.back() == VoiceActivityDetector::kBatchMax);

float to_float(Sample sample) noexcept { return static_cast<float>(sample) / kFullScale; }

struct Batch {
  std::size_t size;
  OnnxBinding binding;
  std::span<float> input;
  std::span<float> state;
  std::span<float> output;
  std::span<float> next_state;
};

Result<Batch> bind_batch(const OnnxSession& session, std::size_t size) {
  const auto count = static_cast<std::int64_t>(size);
  auto binding = session.bind(
      {{"input", {count, kRow}}, {"state", {kLayers, count, kHidden}}, {"sr", {}, OnnxType::int64}},
      {{"output", {count, 1}}, {"stateN", {kLayers, count, kHidden}}});
  if (!binding) return std::unexpected(std::move(binding.error()));
  binding->integers("sr")[0] = kEngineRate.value();
  Batch batch{size, std::move(*binding), {}, {}, {}, {}};
  batch.input = batch.binding.floats("input");
  batch.state = batch.binding.floats("state");
  batch.output = batch.binding.floats("output");
  batch.next_state = batch.binding.floats("stateN");
  auto warm = batch.binding.run();
  if (!warm) return std::unexpected(std::move(warm.error()));
  return batch;
}

}  // namespace

struct SileroDetector::Impl {
  OnnxSession session;
  std::vector<Batch> batches;
  Counter& failures;
  std::array<float, kLayers * kHidden> rest{};  // what quiet leaves in the model

  Result<> hear_quiet();

  void run_part(std::span<const Input> inputs, std::span<State> states,
                std::span<float> probabilities);
};

SileroDetector::SileroDetector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SileroDetector::~SileroDetector() = default;

Result<std::unique_ptr<SileroDetector>> SileroDetector::open(const std::filesystem::path& model,
                                                             Metrics& metrics) {
  auto session = OnnxSession::open(model, {.threads = 1});
  if (!session) return std::unexpected(std::move(session.error()));
  auto impl = std::make_unique<Impl>(
      Impl{std::move(*session),
           {},
           metrics.counter("voice_activity_failures_total", "Runs of the detector that failed."),
           {}});
  for (const std::size_t size : kBatches) {
    auto batch = bind_batch(impl->session, size);
    if (!batch) return std::unexpected(std::move(batch.error()));
    impl->batches.push_back(std::move(*batch));
  }
  auto heard = impl->hear_quiet();
  if (!heard) return std::unexpected(std::move(heard.error()));
  return std::unique_ptr<SileroDetector>(new SileroDetector(std::move(impl)));
}

Result<> SileroDetector::Impl::hear_quiet() {
  Batch& alone = batches.front();
  std::ranges::fill(alone.input, 0.0F);
  std::ranges::fill(alone.state, 0.0F);
  for (int window = 0; window < kWindowsOfQuiet; ++window) {
    auto ran = alone.binding.run();
    if (!ran) return std::unexpected(std::move(ran.error()));
    std::ranges::copy(alone.next_state, alone.state.begin());
  }
  std::ranges::copy(alone.state, rest.begin());
  return {};
}

void SileroDetector::process(std::span<const Input> inputs, std::span<State> states,
                             std::span<float> probabilities) {
  CHECK(inputs.size() == states.size() && inputs.size() == probabilities.size(),
        "one state and one probability for each input");
  for (std::size_t done = 0; done < inputs.size(); done += kBatchMax) {
    const std::size_t count = std::min(kBatchMax, inputs.size() - done);
    impl_->run_part(inputs.subspan(done, count), states.subspan(done, count),
                    probabilities.subspan(done, count));
  }
}

void SileroDetector::Impl::run_part(std::span<const Input> inputs, std::span<State> states,
                                    std::span<float> probabilities) {
  Batch& batch = *std::ranges::find_if(
      batches, [&inputs](const Batch& each) { return each.size >= inputs.size(); });
  for (std::size_t call = 0; call < inputs.size(); ++call) {
    const auto row = batch.input.subspan(call * kRow, kRow);
    std::ranges::transform(states[call].context, row.begin(), to_float);
    std::ranges::transform(inputs[call].samples, row.begin() + kContext, to_float);
    const std::span<const float> before = states[call].rested() ? rest : states[call].recurrent;
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      std::ranges::copy(before.subspan(layer * kHidden, kHidden),
                        batch.state.subspan((layer * batch.size + call) * kHidden).begin());
    }
  }
  if (!batch.binding.run()) {
    failures.add();
    std::ranges::fill(probabilities, 0.0F);
    return;
  }
  for (std::size_t call = 0; call < inputs.size(); ++call) {
    std::ranges::copy(std::span(inputs[call].samples).last(kContext), states[call].context.begin());
    states[call].skipped = 0;
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      std::ranges::copy(
          batch.next_state.subspan((layer * batch.size + call) * kHidden, kHidden),
          std::span(states[call].recurrent).subspan(layer * kHidden, kHidden).begin());
    }
    probabilities[call] = batch.output[call];
  }
}

}  // namespace antiphon
