// usage: bench_callers --port 8080 --path /ws --speech speech.ul [--calls 1] [--duration 20]
//                      [--ramp 5] [--warmup 8] [--floor-ms 580] [--interrupt-every 3]
//                      [--process PID of the server]
// What it does and prints: callers.h and README.md.
#include "callers.h"
#include "options.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit most{.rlim_cur = 65'536, .rlim_max = 65'536};
  setrlimit(RLIMIT_NOFILE, &most);
  const calls::Options options(count, words);
  calls::Callers callers(options, epoll_create1(EPOLL_CLOEXEC));
  if (callers.run()) return 0;
  std::fputs("the speech holds no sound, or cannot be read\n", stderr);
  return 1;
}
