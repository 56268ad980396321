// Passwords: bcrypt as Supabase Auth has it, so that accounts move between the two.
//
//   std::string hash = hash_password(password);          // 60 ms of one core: never on a loop
//   bool right = is_password(given, hash);
//
// Limits  kPasswordMax bytes: bcrypt reads no more, so more is refused instead of cut.
// Thread  any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace antiphon {

inline constexpr std::size_t kPasswordMin = 8;
inline constexpr std::size_t kPasswordMax = 72;

// "$2b$10$…" with a salt of its own. CHECKs that the password has at most kPasswordMax bytes.
[[nodiscard]] std::string hash_password(std::string_view password);
// Verifies $2a$, $2b$ and $2y$. Takes as long for an empty or foreign hash, and says no.
[[nodiscard]] bool is_password(std::string_view password, std::string_view hash);
// One of the passwords that are tried first, in any case.
[[nodiscard]] bool is_common_password(std::string_view password);

}  // namespace antiphon
