// The files of server/assets, built into the program. Paths begin with a slash: "/try/index.html".
#pragma once

#include <span>
#include <string_view>

namespace antiphon {

struct Asset {
  std::string_view path;
  std::string_view bytes;
};

[[nodiscard]] std::span<const Asset> assets();

}  // namespace antiphon
