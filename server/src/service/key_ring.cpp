#include "service/key_ring.h"

#include "crypto/hash.h"

#include <span>

namespace antiphon {

namespace {

constexpr std::size_t kRotationBatch = 100;

Principal server_in(WorkspaceId workspace) {
  return {.kind = PrincipalKind::system, .workspace = workspace, .why = "seal and open"};
}

SealedPlace place_of(WorkspaceId workspace, std::uint32_t version) {
  return {"workspace_keys", "wrapped", workspace.uuid(), workspace.uuid(), version};
}

std::string bytes_of(const KeyId& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

std::string hex_of(std::string_view id) { return to_hex(std::as_bytes(std::span(id))); }

}  // namespace

KeyRing::KeyRing(WorkspaceKeyStore& store, Clock& clock, Random& random, LoadMasterKeys load)
    : store_(store), clock_(clock), random_(random), load_(std::move(load)) {}

Result<const MasterKeys*> KeyRing::masters() {
  if (!masters_) {
    auto loaded = load_();
    if (!loaded) return std::unexpected(loaded.error());
    masters_ = std::move(*loaded);
  }
  if (!masters_) {
    return failure(ErrorCode::wrong_state,
                   "the server has no master key; set ANTIPHON_MASTER_KEY_FILE or "
                   "ANTIPHON_MASTER_KEY and start it again");
  }
  return &*masters_;
}

Result<const SecretKey*> KeyRing::master_of(std::string_view wrapped) {
  const auto header = read_envelope_header(wrapped);
  if (!header) return failure(ErrorCode::corrupt, "a stored workspace key is no envelope");
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto known = masters();
    if (!known) return std::unexpected(known.error());
    if (const SecretKey* master = (*known)->find(header->key_id)) return master;
    // Its file may have been rotated since it was read.
    if (attempt == 0) masters_.reset();
  }
  return failure(ErrorCode::unavailable, "the master key " + to_text(header->key_id) +
                                             " is missing; add it behind the current one");
}

Result<SecretKey> KeyRing::unwrap(WorkspaceId workspace, const WrappedKey& key) {
  const auto master = master_of(key.wrapped);
  if (!master) return std::unexpected(master.error());
  return open_key(**master, key.wrapped, place_of(workspace, key.version));
}

void KeyRing::remember(WorkspaceId workspace, std::uint32_t version, const SecretKey& key) {
  const Timepoint now = clock_.now();
  if (remembered_.size() >= kRememberedMax) {
    std::erase_if(remembered_, [now](const auto& entry) { return entry.second.until <= now; });
    std::erase_if(newest_, [now](const auto& entry) { return entry.second.second <= now; });
  }
  if (remembered_.size() >= kRememberedMax) {
    remembered_.clear();
    newest_.clear();
  }
  remembered_.insert_or_assign(Place{workspace, version}, Remembered{key, now + kMemory});
}

Task<Result<>> KeyRing::check() {
  const auto used = co_await store_.master_keys_in_use();
  if (!used) co_return std::unexpected(used.error());
  auto loaded = load_();
  if (!loaded) co_return std::unexpected(loaded.error());
  masters_ = std::move(*loaded);
  for (const MasterKeyUse& use : *used) {
    bool is_known = false;
    for (const SecretKey& key : masters_ ? masters_->all() : std::vector<SecretKey>{})
      is_known = is_known || bytes_of(key_id_of(key)) == use.master_key_id;
    if (is_known) continue;
    co_return failure(ErrorCode::wrong_state,
                      "the database holds " + std::to_string(use.keys) +
                          " workspace keys that the master key " + hex_of(use.master_key_id) +
                          " opens, and it was not given; set it in ANTIPHON_MASTER_KEY_FILE or "
                          "ANTIPHON_MASTER_KEY");
  }
  co_return Result<>{};
}

// A key that an old master key wraps after a rotation has dropped it would never open again: the
// master keys are read anew before, and once more behind the write.
Task<Result<>> KeyRing::make_key(WorkspaceId workspace) {
  const SecretKey key = SecretKey::make_random(random_);
  const auto wrap = [&]() -> Result<WrappedKey> {
    masters_.reset();
    const auto known = masters();
    if (!known) return std::unexpected(known.error());
    const SecretKey& master = (*known)->current();
    return WrappedKey{1, bytes_of(key_id_of(master)),
                      seal_key(master, key, 1, place_of(workspace, 1), random_)};
  };
  auto wrapped = wrap();
  if (!wrapped) co_return std::unexpected(wrapped.error());
  const std::string used = wrapped->master_key_id;
  auto added = co_await store_.add(server_in(workspace), std::move(*wrapped));
  // Another server was faster: its key is the one.
  if (!added && added.error().code == ErrorCode::already_exists) co_return Result<>{};
  if (!added) co_return added;
  auto again = wrap();
  if (!again) co_return std::unexpected(again.error());
  if (again->master_key_id == used) co_return Result<>{};
  const auto moved = co_await store_.rewrap(server_in(workspace), std::move(*again), used);
  if (!moved) co_return std::unexpected(moved.error());
  co_return Result<>{};
}

Task<Result<std::pair<std::uint32_t, SecretKey>>> KeyRing::key_to_seal(WorkspaceId workspace) {
  if (const auto known = newest_.find(workspace); known != newest_.end()) {
    const auto open = remembered_.find({workspace, known->second.first});
    if (open != remembered_.end() && clock_.now() < open->second.until) {
      co_return std::pair{known->second.first, open->second.key};
    }
  }
  auto keys = co_await store_.list(server_in(workspace));
  if (keys && keys->empty()) {
    if (auto made = co_await make_key(workspace); !made) co_return std::unexpected(made.error());
    keys = co_await store_.list(server_in(workspace));
  }
  if (!keys) co_return std::unexpected(keys.error());
  if (keys->empty()) co_return failure(ErrorCode::not_found, "the workspace has no key");
  const auto key = unwrap(workspace, keys->front());
  if (!key) co_return std::unexpected(key.error());
  remember(workspace, keys->front().version, *key);
  newest_.insert_or_assign(workspace, std::pair{keys->front().version, clock_.now() + kMemory});
  co_return std::pair{keys->front().version, *key};
}

Task<Result<SecretKey>> KeyRing::key_to_open(WorkspaceId workspace, std::uint32_t version) {
  const auto open = remembered_.find({workspace, version});
  if (open != remembered_.end() && clock_.now() < open->second.until) co_return open->second.key;
  const auto keys = co_await store_.list(server_in(workspace));
  if (!keys) co_return std::unexpected(keys.error());
  for (const WrappedKey& wrapped : *keys) {
    if (wrapped.version != version) continue;
    auto key = unwrap(workspace, wrapped);
    if (key) remember(workspace, version, *key);
    co_return key;
  }
  co_return failure(ErrorCode::not_found,
                    "the key of the workspace is gone: what it sealed cannot be read any more");
}

Task<Result<std::string>> KeyRing::seal(std::string text, SealedPlace place) {
  const auto key = co_await key_to_seal(WorkspaceId(place.workspace));
  if (!key) co_return std::unexpected(key.error());
  co_return seal_item(key->second, key->first, text, place, random_);
}

Task<Result<std::string>> KeyRing::open(std::string sealed, SealedPlace place) {
  const auto header = read_envelope_header(sealed);
  if (!header || header->kind != EnvelopeHeader::Kind::item) {
    co_return failure(ErrorCode::corrupt, "a sealed value is no envelope");
  }
  const auto key = co_await key_to_open(WorkspaceId(place.workspace), header->key_version);
  if (!key) co_return std::unexpected(key.error());
  co_return open_item(*key, sealed, place);
}

Task<Result<>> KeyRing::shred(WorkspaceId workspace) {
  newest_.erase(workspace);
  std::erase_if(remembered_, [&](const auto& entry) { return entry.first.first == workspace; });
  co_return co_await store_.shred(server_in(workspace));
}

Task<Result<std::uint64_t>> KeyRing::rewrap_all(WorkspaceId workspace) {
  const auto keys = co_await store_.list(server_in(workspace));
  if (!keys) co_return std::unexpected(keys.error());
  std::uint64_t rewrapped = 0;
  for (const WrappedKey& old : *keys) {
    const auto known = masters();
    if (!known) co_return std::unexpected(known.error());
    const SecretKey current = (*known)->current();
    const std::string id = bytes_of(key_id_of(current));
    if (old.master_key_id == id) continue;
    const auto key = unwrap(workspace, old);
    if (!key) co_return std::unexpected(key.error());
    WrappedKey wrapped{
        old.version, id,
        seal_key(current, *key, old.version, place_of(workspace, old.version), random_)};
    const auto done =
        co_await store_.rewrap(server_in(workspace), std::move(wrapped), old.master_key_id);
    if (!done) co_return std::unexpected(done.error());
    if (*done) ++rewrapped;
  }
  co_return rewrapped;
}

Task<Result<RotationProgress>> KeyRing::rotate(
    std::function<void(const RotationProgress&)> on_progress) {
  const auto known = masters();
  if (!known) co_return std::unexpected(known.error());
  const std::string current = bytes_of(key_id_of((*known)->current()));
  RotationProgress progress;
  std::optional<std::uint64_t> left_before;
  while (true) {
    const auto used = co_await store_.master_keys_in_use();
    if (!used) co_return std::unexpected(used.error());
    progress.left = 0;
    for (const MasterKeyUse& use : *used)
      progress.left += use.master_key_id == current ? 0 : use.keys;
    if (on_progress) on_progress(progress);
    if (progress.left == 0) co_return progress;
    // Rows that cannot be written: never round and round.
    if (left_before && progress.left >= *left_before) {
      co_return failure(ErrorCode::unavailable,
                        std::to_string(progress.left) +
                            " workspace keys were not wrapped anew; "
                            "another rotation may be running; run it again");
    }
    left_before = progress.left;
    const auto batch = co_await store_.wrapped_by_others(current, kRotationBatch);
    if (!batch) co_return std::unexpected(batch.error());
    for (const WorkspaceId workspace : *batch) {
      const auto rewrapped = co_await rewrap_all(workspace);
      if (!rewrapped) co_return std::unexpected(rewrapped.error());
      progress.rewrapped += *rewrapped;
    }
  }
}

Task<Result<std::vector<MasterKeyUse>>> KeyRing::master_keys_in_use() {
  co_return co_await store_.master_keys_in_use();
}

}  // namespace antiphon
