#include "process_usage.h"

#include <sched.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace calls {
namespace {

namespace files = std::filesystem;

constexpr double kMegabytes = 1024 / 1e6;  // of a kB as /proc means it

std::string text_of(const files::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The fields of a stat file behind the program's name, which may hold anything.
std::vector<std::string> fields_of(const files::path& process) {
  const std::string text = text_of(process / "stat");
  const std::size_t end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream rest(text.substr(end + 1));
  return {std::istream_iterator<std::string>(rest), std::istream_iterator<std::string>()};
}

std::vector<int> tree_of(int root) {
  std::multimap<int, int> children;
  for (const auto& entry : files::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    int process = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), process);
    if (read.ec != std::errc() || read.ptr != name.data() + name.size()) continue;
    const auto fields = fields_of(entry.path());
    if (fields.size() > 1) children.emplace(std::stoi(fields[1]), process);
  }
  std::vector<int> tree{root};
  for (std::size_t at = 0; at < tree.size(); ++at) {
    const auto [begin, end] = children.equal_range(tree[at]);
    for (auto child = begin; child != end; ++child)
      tree.push_back(child->second);
  }
  return tree;
}

double megabytes_of(const std::string& rollup, const std::string& field) {
  const std::size_t at = rollup.find(field);
  if (at == std::string::npos) return 0;
  return std::stod(rollup.substr(at + field.size())) * kMegabytes;
}

double waited(const files::path& process) {
  double nanoseconds = 0;
  std::error_code gone;
  for (const auto& thread : files::directory_iterator(process / "task", gone)) {
    std::istringstream text(text_of(thread.path() / "schedstat"));
    double ran = 0;
    double waiting = 0;
    if (text >> ran >> waiting) nanoseconds += waiting;
  }
  return nanoseconds / 1e9;
}

}  // namespace

ProcessUsage usage_of(int process, Memory memory) {
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessUsage usage{.taken = Clock::now()};
  for (const int member : tree_of(process)) {
    const files::path folder = files::path("/proc") / std::to_string(member);
    const auto fields = fields_of(folder);
    if (fields.size() < 18) continue;
    usage.processor_seconds += (std::stod(fields[11]) + std::stod(fields[12])) / ticks;
    usage.threads += std::stoi(fields[17]);
    usage.waiting_seconds += waited(folder);
    ++usage.processes;
    if (memory == Memory::left_out) continue;
    const std::string rollup = text_of(folder / "smaps_rollup");
    usage.proportional_mb += megabytes_of(rollup, "\nPss:");
    usage.resident_mb += megabytes_of(rollup, "\nRss:");
  }
  std::istringstream machine(text_of("/proc/stat"));
  const std::vector<std::string> words{std::istream_iterator<std::string>(machine),
                                       std::istream_iterator<std::string>()};
  if (words.size() > 8) usage.stolen_seconds = std::stod(words[8]) / ticks;
  return usage;
}

std::future<ProcessUsage> usage_later(int process, Memory memory) {
  return std::async(std::launch::async, [process, memory] {
    if (sched_getscheduler(0) == SCHED_FIFO) {
      const sched_param lowest{.sched_priority = 1};
      sched_setscheduler(0, SCHED_FIFO, &lowest);
    }
    return usage_of(process, memory);
  });
}

}  // namespace calls
