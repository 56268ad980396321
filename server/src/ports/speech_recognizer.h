// Speech to text, as a stream of one caller's utterances.
//
//   auto stream = recognizer.open({...});
//   stream->begin(utterance_id, pre_roll);   // speech started
//   stream->push(frame.samples);             // every 20 ms
//   stream->finish();                        // the turn may have ended: one final result follows
//   Result<RecognitionEvent> event = co_await stream->next();
//
// begin() again after finish() without an end of turn is allowed: the caller went on; give the same
// utterance id to continue it (the final then covers everything since the first begin), a new one
// to start afresh.
// Limits  an utterance holds at most 60 s; older audio is committed as text first and never lost.
// Errors  next(): timeout, unavailable, resource_exhausted (the pool is full), cancelled. A stream
//         survives them.
// Thread  every member on the session's executor. push() allocates nothing and never waits.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/provider.h"
#include "domain/usage.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace antiphon {

using UtteranceId = std::uint64_t;

struct RecognitionEvent {
  enum class Kind : std::uint8_t { partial, final };
  Kind kind = Kind::partial;
  UtteranceId utterance = 0;
  std::string text;  // the whole utterance so far
  // This many bytes at the front of text stay in later partials; the final may still correct them.
  std::size_t stable_bytes = 0;
  std::chrono::milliseconds audio_end{0};  // how much of the utterance's audio the text covers
};

class RecognitionStream {
 public:
  virtual ~RecognitionStream() = default;
  virtual void begin(UtteranceId utterance, std::span<const Sample> pre_roll) = 0;
  virtual void push(std::span<const Sample> samples) = 0;
  virtual void finish() = 0;
  // Forgets the utterance: it was noise.
  virtual void discard() = 0;
  // A wait that is cancelled loses nothing; ask again.
  virtual Task<Result<RecognitionEvent>> next() = 0;
};

struct RecognitionOptions {
  std::string language = "en-US";
  RecognizerProvider provider = RecognizerProvider::moonshine;
  ProviderAccount account = {};
  // Who hears the caller, in their order, where this provider fails.
  std::vector<RecognitionOptions> fallbacks = {};
};

class SpeechRecognizer {
 public:
  virtual ~SpeechRecognizer() = default;
  [[nodiscard]] virtual std::unique_ptr<RecognitionStream> open(RecognitionOptions options) = 0;
  // Who hears with `options`: what its usage is counted under.
  [[nodiscard]] virtual ProviderName provider(const RecognitionOptions&) const { return {}; }
};

}  // namespace antiphon
