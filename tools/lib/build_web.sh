# Sourced by tools/build-studio and tools/build-widget: builds what npm builds, when it is not new.
#
# build_web NAME RESULT WITHOUT SOURCE... [-- --optional]
#   NAME     the folder, whose dist/RESULT the server looks for
#   WITHOUT  what still works when it is not built, in words
#   SOURCE   files and folders that the result depends on, seen from the folder; by content
# --optional: a failure is said and is no error.

web_state() {
  find "$@" -type f -print0 2>/dev/null | sort -z | xargs -0 sha256sum | sha256sum
}

web_build() {
  local name=$1 lock
  lock=$(sha256sum package-lock.json | cut -d' ' -f1)
  if [[ $(cat node_modules/.antiphon-lock 2>/dev/null) != "$lock" ]]; then
    echo "$name: installing its packages, about a minute the first time"
    "$ROOT/tools/npm" ci --silent --no-audit --no-fund --fetch-retries=5 || return 1
    printf '%s' "$lock" >node_modules/.antiphon-lock
  fi
  PATH="$ROOT/tools:$PATH" "$ROOT/tools/npm" run --silent build >dist.log 2>&1 ||
    { cat dist.log >&2; return 1; }
  rm -f dist.log
}

build_web() {
  local name=$1 result=$2 without=$3 sources=() wanted
  shift 3
  while (($#)) && [[ $1 != -- ]]; do
    sources+=("$1")
    shift
  done
  cd "$ROOT/$name"
  wanted=$(web_state "${sources[@]}")
  [[ -f dist/$result && $(cat node_modules/.antiphon-built 2>/dev/null) == "$wanted" ]] && return
  echo "$name: building"
  if web_build "$name"; then
    printf '%s\n' "$wanted" >node_modules/.antiphon-built
  elif [[ ${2:-} == --optional ]]; then
    echo "$name: not built; $without" >&2
  else
    return 1
  fi
}
