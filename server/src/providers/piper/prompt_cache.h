// Rendered prompts by what they say, the least recently used going first.
//
// Limits  `capacity` bytes of samples and word times; a prompt larger than that is not kept.
// Thread  any.
#pragma once

#include "core/audio_frame.h"
#include "core/mutex.h"
#include "core/strong.h"
#include "ports/speech_synthesizer.h"

#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace antiphon {

class PromptCache {
 public:
  explicit PromptCache(ByteCount capacity) : capacity_(capacity) {}

  [[nodiscard]] std::optional<SynthesizedChunk> find(const SynthesisRequest& request);
  void keep(const SynthesisRequest& request, SynthesizedChunk sound);
  [[nodiscard]] ByteCount size() const;

 private:
  struct Entry {
    std::string key;
    SynthesizedChunk sound;
  };

  const ByteCount capacity_;
  mutable Mutex mutex_;
  std::list<Entry> entries_ GUARDED_BY(mutex_);  // the most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_ GUARDED_BY(mutex_);
  ByteCount size_ GUARDED_BY(mutex_);
};

}  // namespace antiphon
