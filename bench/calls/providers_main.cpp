// usage: bench_providers [--port 9100] [--stt-ms 150] [--llm-ms 200] [--gap-ms 10] [--tts-ms 100]
//                        [--tts-speed 10] [--char-ms 50] [--flood on]
// What it serves, and on which paths: providers.h.
#include "options.h"
#include "providers.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <csignal>

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit most{.rlim_cur = 65'536, .rlim_max = 65'536};
  setrlimit(RLIMIT_NOFILE, &most);
  calls::Providers providers(calls::Options(count, words), epoll_create1(EPOLL_CLOEXEC));
  providers.run();
}
