// flite keeps static state while it starts and while it analyses: one user of it at a time.
#pragma once

#include "core/mutex.h"

namespace antiphon {

[[nodiscard]] inline Mutex& flite_lock() {
  static Mutex mutex;
  return mutex;
}

}  // namespace antiphon
