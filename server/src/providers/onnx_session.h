// A model on ONNX Runtime's C API, with tensors whose memory is ours and bound once.
//
//   Result<OnnxSession> session = OnnxSession::open(path, {.threads = 1});
//   Result<OnnxBinding> binding = session->bind({{"input", {1, 576}}, {"sr", {}, OnnxType::int64}},
//                                               {{"output", {1, 1}}});
//   binding->floats("input")[0] = 0.5F;
//   if (binding->run()) use(binding->floats("output"));
//
// Limits  float32 and int64 tensors. An output of unknown size is read with run_for() instead.
// Errors  open(): not_found, corrupt (not a model, or one for a newer runtime). bind(): corrupt
//         when a name or rank is not the model's. run(): internal, with the runtime's words.
// Thread  one session may be bound and run by many threads; one binding by one thread at a time.
// Source  the C++ wrapper throws and sherpa's C++ library has another string ABI: so the C API.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class OnnxType : std::uint8_t { float32, int64 };

struct OnnxTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  OnnxType type = OnnxType::float32;
};

class OnnxSession;

class OnnxBinding {
 public:
  OnnxBinding(OnnxBinding&&) noexcept;
  OnnxBinding& operator=(OnnxBinding&&) noexcept;
  ~OnnxBinding();

  // A bound tensor's memory; a name that was not bound is a bug.
  [[nodiscard]] std::span<float> floats(std::string_view name);
  [[nodiscard]] std::span<std::int64_t> integers(std::string_view name);
  // Inputs to outputs. Allocates nothing of ours.
  Result<> run();
  // For float outputs whose sizes only the run decides.
  Result<std::vector<float>> run_for(const char* output);
  Result<std::vector<std::vector<float>>> run_for(const std::vector<const char*>& outputs);

 private:
  friend class OnnxSession;
  struct Impl;
  explicit OnnxBinding(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

class OnnxSession {
 public:
  struct Options {
    int threads = 1;  // inside one run; the pool runs many side by side
    // Gives out what the graph's only node of this operator makes, too: see revealed().
    std::string reveal = {};
  };

  static Result<OnnxSession> open(const std::filesystem::path& model, Options options);
  OnnxSession(OnnxSession&&) noexcept;
  OnnxSession& operator=(OnnxSession&&) noexcept;
  ~OnnxSession();

  [[nodiscard]] Result<OnnxBinding> bind(const std::vector<OnnxTensor>& inputs,
                                         const std::vector<OnnxTensor>& outputs) const;
  // The name of the output that Options::reveal added; "" where the graph has no such node, or more
  // than one: then it is loaded as it is.
  [[nodiscard]] const std::string& revealed() const;
  // What its maker wrote beside the graph; "" when there is no such key.
  [[nodiscard]] std::string metadata(const char* key) const;

 private:
  friend class OnnxBinding;
  struct Impl;
  explicit OnnxSession(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;  // bindings are the other owners
};

}  // namespace antiphon
