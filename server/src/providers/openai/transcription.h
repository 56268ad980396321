// One upload to /audio/transcriptions and the text that comes back.
//
// Thread  the providers' loop.
#pragma once

#include "core/audio_frame.h"
#include "ports/speech_recognizer.h"
#include "providers/openai/openai_wire.h"

#include <string>
#include <vector>

namespace antiphon::openai {

// All of it so far.
struct Heard {
  std::string text;
  bool is_final = false;
};

struct Upload {
  RecognitionOptions options;
  std::vector<Sample> audio;
};

// Gives partials where the server streams them, then one final; or an error.
[[nodiscard]] Task<> transcribe(const Parts& parts, Upload upload, FarOutlet<Heard> out);

}  // namespace antiphon::openai
