// Reads the one thing we need from a serialised ONNX model that the runtime does not tell: the name
// of a tensor inside the graph; and makes that tensor an output.
//
//   if (auto tensor = output_of_only(model, "Ceil")) model += as_graph_output(*tensor);
//
// Input   the bytes of a model file, trusted or not: what is no ONNX model has no such tensor.
// Limits  one pass over the graph's nodes; weights are stepped over unread (3 ms for 63 MB).
// Thread  any.
// Source  onnx.proto3 (ModelProto.graph = 7, GraphProto.node = 1 and .output = 12, NodeProto.output
//         = 2 and .op_type = 4); protobuf encoding: a message field that appears twice is merged.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

// The first output of the only node of operator `operation`; nullopt where there is none, or more.
[[nodiscard]] std::optional<std::string> output_of_only(std::string_view model,
                                                        std::string_view operation);

// Bytes that, put behind a model, give `tensor` out as one more output.
[[nodiscard]] std::string as_graph_output(std::string_view tensor);

}  // namespace antiphon
