// The values of a call log as bytes and back: variable-length integers (LEB128), text behind its
// length, samples in blocks of dsp/lossless.h.
//
// Limits  a text of 1 MiB, a list of 100,000 items, 60 s of samples.
// Errors  LogReader remembers the first failure; every later read answers with an empty value.
// Thread  one. LogWriter allocates nothing while its vector has room.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"
#include "ports/language_model.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"
#include "ports/tool_runner.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

class LogWriter {
 public:
  explicit LogWriter(std::vector<std::byte>& out) : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(static_cast<std::byte>(value)); }
  void number(std::uint64_t value);
  void integer(std::int64_t value);
  void real(double value);
  void text(std::string_view value);
  void bytes(std::span<const std::byte> value);
  void samples(std::span<const Sample> samples);

 private:
  std::vector<std::byte>& out_;
};

class LogReader {
 public:
  explicit LogReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint8_t byte();
  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] double real();
  [[nodiscard]] std::string text();
  [[nodiscard]] std::span<const std::byte> bytes();
  void samples(std::span<Sample> samples);
  [[nodiscard]] std::span<const std::byte> take(std::size_t size);
  // A length that a list may have.
  [[nodiscard]] std::size_t count(std::size_t most);

  void fail() {
    failed_ = true;
    rest_ = {};
  }
  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] std::span<const std::byte> rest() const { return rest_; }

 private:
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

// What may come back from outside a call.
void write(LogWriter& out, float value);
void write(LogWriter& out, const RecognitionEvent& value);
void write(LogWriter& out, const std::optional<SynthesizedChunk>& value);
void write(LogWriter& out, const std::optional<ReplyChunk>& value);
void write(LogWriter& out, const ToolAnswer& value);
void read(LogReader& in, float& value);
void read(LogReader& in, RecognitionEvent& value);
void read(LogReader& in, std::optional<SynthesizedChunk>& value);
void read(LogReader& in, std::optional<ReplyChunk>& value);
void read(LogReader& in, ToolAnswer& value);

void write_error(LogWriter& out, const Error& error);
[[nodiscard]] Error read_error(LogReader& in);

template <class T>
void write(LogWriter& out, const Result<T>& result) {
  out.byte(result.has_value() ? 1 : 0);
  if (!result) return write_error(out, result.error());
  write(out, *result);
}

template <class T>
[[nodiscard]] Result<T> read_result(LogReader& in) {
  if (in.byte() != 1) return std::unexpected(read_error(in));
  T value{};
  read(in, value);
  return value;
}

}  // namespace antiphon
