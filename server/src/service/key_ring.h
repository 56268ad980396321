// The keys of workspaces: made when first needed, wrapped by the master key, remembered open for a
// short time.
//
//   KeyRing keys(store, clock, random, load_master_keys);
//   auto sealed = co_await keys.seal(text, place);        // place.workspace says whose key
//   auto text = co_await keys.open(sealed, place);
//   auto report = co_await keys.rotate(on_progress);      // re-wraps every key, online
//
// Rotation   only the wrapping of workspace keys changes; what they sealed stays as it is. The old
//            master key opens until the last key is re-wrapped. A rotation that was cut off goes on
//            where it stopped; a second one beside it does no harm.
// Limits     kRememberedMax open keys, each for kMemory: so long another server still opens what a
//            workspace had sealed when its key was shredded.
// Errors     wrong_state: the server has no master key; unavailable: a master key is missing, or
//            the store is away; corrupt: an envelope does not open; not_found: the key was
//            shredded.
// Thread     the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/task.h"
#include "crypto/envelope.h"
#include "crypto/master_keys.h"
#include "ports/secret_stores.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon {

struct RotationProgress {
  std::uint64_t rewrapped = 0;
  std::uint64_t left = 0;
};

class KeyRing {
 public:
  static constexpr std::chrono::seconds kMemory{10};
  static constexpr std::size_t kRememberedMax = 1'000;
  // Reads the master keys anew; asked when an envelope names one that is not known, so that a key
  // file that was rotated is noticed without a restart. nullopt: the server has none.
  using LoadMasterKeys = std::function<Result<std::optional<MasterKeys>>()>;

  KeyRing(WorkspaceKeyStore& store, Clock& clock, Random& random, LoadMasterKeys load);

  // Reads the master keys and holds them against the store. Errors: wrong_state when keys are
  // stored that none of them opens; the message names them and says what to do.
  Task<Result<>> check();
  // What check() found, or what was read since.
  [[nodiscard]] bool has_master_key() const { return masters_.has_value(); }

  Task<Result<std::string>> seal(std::string text, SealedPlace place);
  Task<Result<std::string>> open(std::string sealed, SealedPlace place);
  // The newest key of the workspace, made where it has none, and its version.
  Task<Result<std::pair<std::uint32_t, SecretKey>>> key_to_seal(WorkspaceId workspace);
  Task<Result<SecretKey>> key_to_open(WorkspaceId workspace, std::uint32_t version);
  // Forgets and deletes the workspace's keys.
  Task<Result<>> shred(WorkspaceId workspace);

  // Wraps every key that another master key wraps with the current one.
  Task<Result<RotationProgress>> rotate(std::function<void(const RotationProgress&)> on_progress);
  Task<Result<std::vector<MasterKeyUse>>> master_keys_in_use();

 private:
  struct Remembered {
    SecretKey key;
    Timepoint until;
  };
  using Place = std::pair<WorkspaceId, std::uint32_t>;

  Result<const MasterKeys*> masters();
  Result<const SecretKey*> master_of(std::string_view wrapped);
  Result<SecretKey> unwrap(WorkspaceId workspace, const WrappedKey& key);
  void remember(WorkspaceId workspace, std::uint32_t version, const SecretKey& key);
  Task<Result<>> make_key(WorkspaceId workspace);
  Task<Result<std::uint64_t>> rewrap_all(WorkspaceId workspace);

  WorkspaceKeyStore& store_;
  Clock& clock_;
  Random& random_;
  LoadMasterKeys load_;
  std::optional<MasterKeys> masters_;
  std::map<Place, Remembered> remembered_;
  std::map<WorkspaceId, std::pair<std::uint32_t, Timepoint>> newest_;
};

}  // namespace antiphon
