// The members of a small JSON object, read where it lies: for messages that arrive fifty times a
// second and call, and are not worth a tree.
//
//   const bool is_object = for_each_member(text, [&event](auto name, auto raw) {
//     if (name == "event") event = raw;      // "\"media\"", still JSON
//   });
//
// Input   RFC 8259; `raw` is one whole value that has been checked to its end. A name with an
//         escape in it is handed over as it is written.
// Limits  kJsonDepthMax levels. Allocates nothing where `visit` captures at most two references;
//         UTF-8 is the socket's to check.
// Errors  false: no object, or damaged somewhere; `visit` may have seen what came before that.
// Thread  any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr int kJsonDepthMax = 8;

// True: the whole text is one object.
[[nodiscard]] bool for_each_member(
    std::string_view text,
    const std::function<void(std::string_view name, std::string_view raw)>& visit);

// What stands in a raw string, without its escapes. Nothing: no string, half a surrogate pair, a
// NUL, or more than `bytes_max`.
[[nodiscard]] std::optional<std::string> json_text(std::string_view raw, std::size_t bytes_max);
// The same for a string that has no escapes and may lie where it is: "" for any other value.
[[nodiscard]] std::string_view json_plain(std::string_view raw);
// A whole number, written as a number or as a string of digits.
[[nodiscard]] std::optional<std::uint32_t> json_count(std::string_view raw);
// Standard base64 with padding (some writers escape its slashes), into `bytes`, which is cleared
// first and grows to `bytes_max` at the most. False: something else, or more than that.
[[nodiscard]] bool json_base64(std::string_view raw, std::size_t bytes_max,
                               std::vector<std::uint8_t>& bytes);

}  // namespace antiphon
