// What every synthesizer keeps, the scripted one and the real ones: the same checks for all.
#pragma once

#include "ports/speech_synthesizer.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class WordTimes : std::uint8_t { promised, absent };

// What is wrong with the answer to `text`; "" when it keeps the contract: word times in the text's
// order, none beyond the sound, every word of letters or digits covered; or none at all.
[[nodiscard]] std::string broken_promise(std::string_view text,
                                         const std::vector<SynthesizedChunk>& chunks,
                                         WordTimes expected);

}  // namespace antiphon
