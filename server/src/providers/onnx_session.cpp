#include "providers/onnx_session.h"

#include "core/check.h"
#include "providers/onnx_graph.h"

#include <malloc.h>
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

namespace antiphon {

namespace {

// The vendored headers speak API 23; every later library serves it.
const OrtApi& api() {
  static const OrtApi* const table = OrtGetApiBase()->GetApi(ORT_API_VERSION);
  CHECK(table != nullptr, "the linked ONNX Runtime is older than the headers");
  return *table;
}

Result<> to_result(OrtStatus* status, ErrorCode code, std::string_view what) {
  if (status == nullptr) return Result<>{};
  std::string message = std::string(what) + ": " + api().GetErrorMessage(status);
  api().ReleaseStatus(status);
  return failure(code, std::move(message));
}

template <class Handle, auto Release>
struct Deleter {
  void operator()(Handle* handle) const { (api().*Release)(handle); }
};
template <class Handle, auto Release>
using Owned = std::unique_ptr<Handle, Deleter<Handle, Release>>;

using Environment = Owned<OrtEnv, &OrtApi::ReleaseEnv>;
using SessionOptions = Owned<OrtSessionOptions, &OrtApi::ReleaseSessionOptions>;
using Session = Owned<OrtSession, &OrtApi::ReleaseSession>;
using MemoryInfo = Owned<OrtMemoryInfo, &OrtApi::ReleaseMemoryInfo>;
using Value = Owned<OrtValue, &OrtApi::ReleaseValue>;
using Metadata = Owned<OrtModelMetadata, &OrtApi::ReleaseModelMetadata>;
using ValueInfo = Owned<OrtTensorTypeAndShapeInfo, &OrtApi::ReleaseTensorTypeAndShapeInfo>;

std::size_t element_count(const std::vector<std::int64_t>& shape) {
  const auto count =
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>{});
  return static_cast<std::size_t>(count);
}

struct BoundTensor {
  explicit BoundTensor(OnnxTensor tensor_in) : tensor(std::move(tensor_in)) {
    const std::size_t count = element_count(tensor.shape);
    if (tensor.type == OnnxType::float32) {
      floats.resize(count);
    } else {
      integers.resize(count);
    }
  }

  Result<Value> make_value(const OrtMemoryInfo& memory) {
    const bool is_float = tensor.type == OnnxType::float32;
    OrtValue* value = nullptr;
    auto made = to_result(
        api().CreateTensorWithDataAsOrtValue(
            &memory, is_float ? static_cast<void*>(floats.data()) : integers.data(),
            is_float ? floats.size() * sizeof(float) : integers.size() * sizeof(std::int64_t),
            tensor.shape.data(), tensor.shape.size(),
            is_float ? ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT : ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64,
            &value),
        ErrorCode::internal, "cannot make a tensor");
    if (!made) return std::unexpected(std::move(made.error()));
    return Value(value);
  }

  OnnxTensor tensor;
  std::vector<float> floats;
  std::vector<std::int64_t> integers;
};

}  // namespace

struct OnnxSession::Impl {
  // Members are destroyed from the last to the first: the session before its environment.
  Environment environment;  // one per process inside the runtime, counted by reference
  MemoryInfo memory;
  Session session;
  std::string model;
  std::string revealed;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};

struct OnnxBinding::Impl {
  std::shared_ptr<const OnnxSession::Impl> session;
  std::vector<BoundTensor> tensors;  // never grows after the values point into it
  std::vector<Value> values;
  std::vector<const char*> input_names;
  std::vector<const OrtValue*> inputs;
  std::vector<const char*> output_names;
  std::vector<OrtValue*> outputs;

  BoundTensor& find(std::string_view name) {
    const auto found = std::ranges::find_if(
        tensors, [name](const BoundTensor& bound) { return bound.tensor.name == name; });
    CHECK(found != tensors.end(), "only a bound tensor has memory");
    return *found;
  }
};

namespace {

Result<std::vector<std::string>> names_of(
    const OrtSession& session, OrtAllocator* allocator,
    OrtStatus* (ORT_API_CALL* OrtApi::*count_of)(const OrtSession*, std::size_t*) noexcept,
    OrtStatus* (ORT_API_CALL* OrtApi::*name_of)(const OrtSession*, std::size_t, OrtAllocator*,
                                                char**) noexcept) {
  std::size_t count = 0;
  auto counted =
      to_result((api().*count_of)(&session, &count), ErrorCode::corrupt, "cannot read the model");
  if (!counted) return std::unexpected(std::move(counted.error()));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    char* name = nullptr;
    auto named = to_result((api().*name_of)(&session, i, allocator, &name), ErrorCode::corrupt,
                           "cannot read the model");
    if (!named) return std::unexpected(std::move(named.error()));
    names.emplace_back(name);
    // Cannot fail for memory that came from the same allocator.
    static_cast<void>(to_result(api().AllocatorFree(allocator, name), ErrorCode::internal, ""));
  }
  return names;
}

Result<SessionOptions> make_options(OnnxSession::Options options) {
  OrtSessionOptions* made = nullptr;
  auto created = to_result(api().CreateSessionOptions(&made), ErrorCode::internal, "ONNX Runtime");
  if (!created) return std::unexpected(std::move(created.error()));
  SessionOptions owned(made);
  for (OrtStatus* status :
       {api().SetIntraOpNumThreads(made, options.threads), api().SetInterOpNumThreads(made, 1),
        api().SetSessionLogSeverityLevel(made, ORT_LOGGING_LEVEL_FATAL),
        // Spinning burns the two cores that the calls need.
        api().AddSessionConfigEntry(made, "session.intra_op.allow_spinning", "0")}) {
    auto set = to_result(status, ErrorCode::internal, "ONNX Runtime refuses an option");
    if (!set) return std::unexpected(std::move(set.error()));
  }
  return owned;
}

Result<std::vector<float>> floats_of(OrtValue& value, const std::string& model) {
  OrtTensorTypeAndShapeInfo* info = nullptr;
  auto read = to_result(api().GetTensorTypeAndShape(&value, &info), ErrorCode::internal, model);
  if (!read) return std::unexpected(std::move(read.error()));
  const ValueInfo owned_info(info);
  std::size_t count = 0;
  auto type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  void* data = nullptr;
  for (OrtStatus* status :
       {api().GetTensorShapeElementCount(info, &count), api().GetTensorElementType(info, &type),
        api().GetTensorMutableData(&value, &data)}) {
    read = to_result(status, ErrorCode::internal, model);
    if (!read) return std::unexpected(std::move(read.error()));
  }
  if (type != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
    return failure(ErrorCode::corrupt,
                   "the model " + model + " gives an output that is no float32");
  }
  const auto* first = static_cast<const float*>(data);
  return std::vector<float>(first, first + count);
}

struct Revealed {
  Session session;
  std::string output;
};

// The model with one output more. The file stays as it is; its bytes are ours for the loading only.
// Nothing where that does not work: then it is the plain model's turn to load or to say why not.
std::optional<Revealed> load_revealing(const std::filesystem::path& file,
                                       const std::string& operation, const OrtEnv* environment,
                                       const OrtSessionOptions* options) {
  if (operation.empty()) return std::nullopt;
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  std::ifstream in(file, std::ios::binary);
  if (error || !in) return std::nullopt;
  std::string model(static_cast<std::size_t>(size), '\0');
  in.read(model.data(), static_cast<std::streamsize>(model.size()));
  const auto tensor = output_of_only(model, operation);
  if (!in || !tensor) return std::nullopt;
  model += as_graph_output(*tensor);
  OrtSession* session = nullptr;
  const auto loaded = to_result(
      api().CreateSessionFromArray(environment, model.data(), model.size(), options, &session),
      ErrorCode::corrupt, "");
  if (!loaded) return std::nullopt;
  return Revealed{Session(session), *tensor};
}

}  // namespace

OnnxSession::OnnxSession(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
OnnxSession::OnnxSession(OnnxSession&&) noexcept = default;
OnnxSession& OnnxSession::operator=(OnnxSession&&) noexcept = default;
OnnxSession::~OnnxSession() = default;

Result<OnnxSession> OnnxSession::open(const std::filesystem::path& model, Options options) {
  const std::string name = model.filename().string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(model, ignored)) {
    return failure(ErrorCode::not_found,
                   "the model " + name + " is missing: run tools/fetch-models");
  }
  auto impl = std::make_shared<Impl>();
  impl->model = name;
  OrtEnv* environment = nullptr;
  auto step = to_result(api().CreateEnv(ORT_LOGGING_LEVEL_FATAL, "antiphon", &environment),
                        ErrorCode::internal, "ONNX Runtime does not start");
  if (!step) return std::unexpected(std::move(step.error()));
  impl->environment.reset(environment);

  auto session_options = make_options(options);
  if (!session_options) return std::unexpected(std::move(session_options.error()));
  if (auto revealing = load_revealing(model, options.reveal, environment, session_options->get())) {
    impl->session = std::move(revealing->session);
    impl->revealed = std::move(revealing->output);
  } else {
    OrtSession* loaded = nullptr;
    step =
        to_result(api().CreateSession(environment, model.c_str(), session_options->get(), &loaded),
                  ErrorCode::corrupt, "the model " + name + " does not load");
    if (!step) return std::unexpected(std::move(step.error()));
    impl->session.reset(loaded);
  }
  OrtSession* const session = impl->session.get();

  OrtMemoryInfo* memory = nullptr;
  OrtAllocator* allocator = nullptr;
  for (OrtStatus* status :
       {api().CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &memory),
        api().GetAllocatorWithDefaultOptions(&allocator)}) {
    step = to_result(status, ErrorCode::internal, "ONNX Runtime has no memory");
    if (!step) return std::unexpected(std::move(step.error()));
  }
  impl->memory.reset(memory);
  auto inputs =
      names_of(*session, allocator, &OrtApi::SessionGetInputCount, &OrtApi::SessionGetInputName);
  if (!inputs) return std::unexpected(std::move(inputs.error()));
  auto outputs =
      names_of(*session, allocator, &OrtApi::SessionGetOutputCount, &OrtApi::SessionGetOutputName);
  if (!outputs) return std::unexpected(std::move(outputs.error()));
  impl->inputs = std::move(*inputs);
  impl->outputs = std::move(*outputs);
  // What loading freed stays with the allocator otherwise: 80 MB after MiniLM.
  static_cast<void>(malloc_trim(0));
  return OnnxSession(std::move(impl));
}

Result<OnnxBinding> OnnxSession::bind(const std::vector<OnnxTensor>& inputs,
                                      const std::vector<OnnxTensor>& outputs) const {
  auto impl = std::make_unique<OnnxBinding::Impl>();
  impl->session = impl_;
  for (const OnnxTensor& tensor : inputs)
    impl->tensors.emplace_back(tensor);
  for (const OnnxTensor& tensor : outputs)
    impl->tensors.emplace_back(tensor);
  for (std::size_t i = 0; i < impl->tensors.size(); ++i) {
    BoundTensor& bound = impl->tensors[i];
    const bool is_input = i < inputs.size();
    if (std::ranges::count(is_input ? impl_->inputs : impl_->outputs, bound.tensor.name) == 0) {
      return failure(ErrorCode::corrupt, "the model " + impl_->model + " has no tensor " +
                                             bound.tensor.name + ": it is another model");
    }
    auto value = bound.make_value(*impl_->memory);
    if (!value) return std::unexpected(std::move(value.error()));
    if (is_input) {
      impl->input_names.push_back(bound.tensor.name.c_str());
      impl->inputs.push_back(value->get());
    } else {
      impl->output_names.push_back(bound.tensor.name.c_str());
      impl->outputs.push_back(value->get());
    }
    impl->values.push_back(std::move(*value));
  }
  return OnnxBinding(std::move(impl));
}

const std::string& OnnxSession::revealed() const { return impl_->revealed; }

std::string OnnxSession::metadata(const char* key) const {
  OrtModelMetadata* found = nullptr;
  if (!to_result(api().SessionGetModelMetadata(impl_->session.get(), &found), ErrorCode::corrupt,
                 impl_->model)) {
    return {};
  }
  const Metadata owned(found);
  OrtAllocator* allocator = nullptr;
  char* text = nullptr;
  std::string value;
  const bool is_read =
      to_result(api().GetAllocatorWithDefaultOptions(&allocator), ErrorCode::internal, "") &&
      to_result(api().ModelMetadataLookupCustomMetadataMap(found, allocator, key, &text),
                ErrorCode::corrupt, "");
  if (!is_read || text == nullptr) return value;
  value = text;
  // Cannot fail for memory that came from the same allocator.
  static_cast<void>(to_result(api().AllocatorFree(allocator, text), ErrorCode::internal, ""));
  return value;
}

OnnxBinding::OnnxBinding(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OnnxBinding::OnnxBinding(OnnxBinding&&) noexcept = default;
OnnxBinding& OnnxBinding::operator=(OnnxBinding&&) noexcept = default;
OnnxBinding::~OnnxBinding() = default;

std::span<float> OnnxBinding::floats(std::string_view name) { return impl_->find(name).floats; }

std::span<std::int64_t> OnnxBinding::integers(std::string_view name) {
  return impl_->find(name).integers;
}

Result<> OnnxBinding::run() {
  Impl& impl = *impl_;
  return to_result(api().Run(impl.session->session.get(), nullptr, impl.input_names.data(),
                             impl.inputs.data(), impl.inputs.size(), impl.output_names.data(),
                             impl.output_names.size(), impl.outputs.data()),
                   ErrorCode::internal, impl.session->model);
}

Result<std::vector<float>> OnnxBinding::run_for(const char* output) {
  auto made = run_for(std::vector<const char*>{output});
  if (!made) return std::unexpected(std::move(made.error()));
  return std::move(made->front());
}

Result<std::vector<std::vector<float>>> OnnxBinding::run_for(
    const std::vector<const char*>& outputs) {
  Impl& impl = *impl_;
  std::vector<OrtValue*> raw(outputs.size(), nullptr);
  auto ran = to_result(
      api().Run(impl.session->session.get(), nullptr, impl.input_names.data(), impl.inputs.data(),
                impl.inputs.size(), outputs.data(), outputs.size(), raw.data()),
      ErrorCode::internal, impl.session->model);
  const std::vector<Value> values(raw.begin(), raw.end());
  if (!ran) return std::unexpected(std::move(ran.error()));
  std::vector<std::vector<float>> read;
  for (OrtValue* const value : raw) {
    auto floats = floats_of(*value, impl.session->model);
    if (!floats) return std::unexpected(std::move(floats.error()));
    read.push_back(std::move(*floats));
  }
  return read;
}

}  // namespace antiphon
