#include "service/wav.h"

#include <algorithm>
#include <vector>

namespace antiphon {

namespace {

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int byte = 0; byte < bytes; ++byte)
    out += static_cast<char>((value >> (8 * byte)) & 0xff);
}

}  // namespace

std::string wav_header(std::uint64_t sample_count) {
  const std::uint64_t data = sample_count * kWavFrame;
  const std::uint64_t rate = kEngineRate.value();
  std::string out = "RIFF";
  put(out, data + kWavHeader - 8, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);  // of the format that follows
  put(out, 1, 2);   // PCM
  put(out, 2, 2);   // channels
  put(out, rate, 4);
  put(out, rate * kWavFrame, 4);
  put(out, kWavFrame, 2);
  put(out, 16, 2);  // bits
  out += "data";
  put(out, data, 4);
  return out;
}

Result<std::string> wav_bytes(RecordingReader& reader, std::uint64_t offset, std::size_t size) {
  std::string out;
  if (offset < kWavHeader) out = wav_header(reader.sample_count()).substr(offset, size);
  if (out.size() == size) return out;
  const std::uint64_t from = std::max(offset, kWavHeader) - kWavHeader;
  const std::size_t wanted = size - out.size();
  const std::uint64_t first = from / kWavFrame;
  const std::uint64_t end = (from + wanted + kWavFrame - 1) / kWavFrame;
  std::vector<Sample> samples(static_cast<std::size_t>(end - first) * 2);
  auto read = reader.read(first, samples);
  if (!read) return std::unexpected(std::move(read.error()));
  std::string data;
  data.reserve(samples.size() * sizeof(Sample));
  for (const Sample sample : samples)
    put(data, static_cast<std::uint16_t>(sample), 2);
  out += data.substr(static_cast<std::size_t>(from % kWavFrame), wanted);
  return out;
}

}  // namespace antiphon
