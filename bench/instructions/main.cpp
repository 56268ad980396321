// instructions PATH COUNT: runs one path COUNT times, for bench/instructions.bench to count.
#include "paths.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

int main(int argument_count, char** arguments) {
  using namespace antiphon::bench;
  constexpr std::pair<std::string_view, void (*)(std::size_t)> kPaths[] = {
      {"tick_idle", tick_idle},           {"tick_speaking", tick_speaking},
      {"frame_received", frame_received}, {"request_health", request_health},
      {"request_agent", request_agent},   {"agent_read", agent_read},
      {"agent_written", agent_written}};
  if (argument_count == 3) {
    for (const auto& [name, path] : kPaths) {
      if (name != arguments[1]) continue;
      path(std::strtoul(arguments[2], nullptr, 10));
      return 0;
    }
  }
  std::fputs("usage: instructions PATH COUNT\npaths:", stderr);
  for (const auto& [name, path] : kPaths)
    std::fprintf(stderr, " %.*s", static_cast<int>(name.size()), name.data());
  std::fputs("\n", stderr);
  return 2;
}
