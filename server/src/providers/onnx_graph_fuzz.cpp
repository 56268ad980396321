#include "providers/onnx_graph.h"

#include "core/check.h"

#include <cstddef>
#include <cstdint>
#include <string>

// Finds a tensor's name in any bytes, and the name is one of those bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string model(reinterpret_cast<const char*>(data), size);
  if (const auto tensor = antiphon::output_of_only(model, "Ceil")) {
    CHECK(model.find(*tensor) != std::string::npos, "a name stands in the model");
    const std::string larger = model + antiphon::as_graph_output(*tensor);
    CHECK(antiphon::output_of_only(larger, "Ceil") == tensor, "an output more changes no node");
  }
  return 0;
}
