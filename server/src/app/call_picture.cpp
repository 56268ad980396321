#include "app/call_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace antiphon {

namespace {

constexpr std::array<std::string_view, 9> kBlocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr double kFloorDecibels = -55;  // quieter than this is drawn as nothing
constexpr double kFullDecibels = -15;

// Loudness of a slice, 0 (silence) to 8.
std::size_t loudness(std::span<const Sample> slice) {
  if (slice.empty()) return 0;
  double energy = 0;
  for (const Sample sample : slice)
    energy += static_cast<double>(sample) * sample;
  const double root = std::sqrt(energy / static_cast<double>(slice.size())) / 32'768.0;
  if (root <= 0) return 0;
  const double share = (20 * std::log10(root) - kFloorDecibels) / (kFullDecibels - kFloorDecibels);
  return static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * 8));
}

std::string draw_side(std::span<const Sample> side, std::size_t slice, std::size_t columns) {
  std::string line;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t begin = std::min(column * slice, side.size());
    const std::size_t end = std::min(begin + slice, side.size());
    line += kBlocks[loudness(side.subspan(begin, end - begin))];
  }
  while (line.ends_with(' '))
    line.pop_back();
  return line;
}

// Seconds between two marks so that they stand at least ten characters apart.
std::size_t mark_distance(double seconds_per_column) {
  for (const std::size_t seconds : {1U, 2U, 5U, 10U, 15U, 30U, 60U, 120U, 300U, 600U}) {
    if (static_cast<double>(seconds) / seconds_per_column >= 10) return seconds;
  }
  return 1'800;
}

std::string draw_axis(std::size_t slice, std::size_t columns) {
  const double seconds_per_column = static_cast<double>(slice) / kEngineRate.value();
  const std::size_t step = mark_distance(seconds_per_column);
  std::string line;
  for (std::size_t second = 0;; second += step) {
    const auto column = static_cast<std::size_t>(static_cast<double>(second) / seconds_per_column);
    const std::string mark = fmt::format("{}s", second);
    if (column + mark.size() > columns) return line;
    line.resize(column, ' ');
    line += mark;
  }
}

}  // namespace

std::string draw_ribbon(std::span<const Sample> caller, std::span<const Sample> agent,
                        std::size_t columns) {
  columns = std::clamp<std::size_t>(columns, 20, 400);
  const std::size_t longest = std::max({caller.size(), agent.size(), std::size_t{1}});
  // A column is never shorter than a frame: finer than that there is nothing to see.
  const std::size_t slice =
      std::max<std::size_t>((longest + columns - 1) / columns, kFrameSamples.value());
  columns = std::min(columns, (longest + slice - 1) / slice);
  return fmt::format("caller {}\nagent  {}\n       {}\n", draw_side(caller, slice, columns),
                     draw_side(agent, slice, columns), draw_axis(slice, columns));
}

std::string draw_waterfall(std::span<const WaterfallStep> steps, std::size_t columns) {
  std::chrono::milliseconds last{1};
  std::size_t width = 0;
  for (const WaterfallStep& step : steps) {
    if (step.at) last = std::max(last, *step.at);
    width = std::max(width, step.name.size());
  }
  columns = std::clamp<std::size_t>(columns, 10, 200);
  const auto column_of = [&](std::chrono::milliseconds at) {
    return static_cast<std::size_t>(at.count() * static_cast<std::int64_t>(columns) / last.count());
  };
  std::string text;
  std::size_t begin = 0;
  for (const WaterfallStep& step : steps) {
    if (!step.at) {
      text += fmt::format("  {:<{}}        -\n", step.name, width);
      continue;
    }
    const std::size_t end =
        std::max(column_of(std::max(*step.at, std::chrono::milliseconds(0))), begin);
    std::string bar(begin, ' ');
    for (std::size_t column = begin; column < std::max(end, begin + 1); ++column)
      bar += "█";
    text += fmt::format("  {:<{}}  {:>4} ms  {}\n", step.name, width, step.at->count(), bar);
    begin = end;
  }
  return text;
}

}  // namespace antiphon
