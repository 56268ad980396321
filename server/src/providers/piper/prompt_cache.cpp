#include "providers/piper/prompt_cache.h"

#include <cstdint>
#include <utility>

namespace antiphon {

namespace {

// The parts cannot run into each other: a voice's name holds no line feed.
std::string key_of(const SynthesisRequest& request) {
  return request.voice + '\n' + std::to_string(request.speed) + '\n' + request.text;
}

ByteCount size_of(const SynthesizedChunk& sound) {
  return ByteCount(sound.samples.size() * sizeof(Sample) + sound.words.size() * sizeof(WordTime));
}

}  // namespace

std::optional<SynthesizedChunk> PromptCache::find(const SynthesisRequest& request) {
  const std::string key = key_of(request);
  const MutexLock lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->sound;
}

void PromptCache::keep(const SynthesisRequest& request, SynthesizedChunk sound) {
  const ByteCount size = size_of(sound);
  if (size > capacity_) return;
  std::string key = key_of(request);
  const MutexLock lock(mutex_);
  if (by_key_.contains(key)) return;
  while (size_ + size > capacity_) {
    size_ = size_ - size_of(entries_.back().sound);
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key, std::move(sound)});
  by_key_.emplace(std::move(key), entries_.begin());
  size_ += size;
}

ByteCount PromptCache::size() const {
  const MutexLock lock(mutex_);
  return size_;
}

}  // namespace antiphon
