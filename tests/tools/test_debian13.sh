#!/usr/bin/env bash
# Builds and tests a copy of the tree in a Debian 13 root: a second compiler and newer libraries.
# `./dev debian13` calls it, as root; the arguments go to `./dev test`. All of it lies in
# build/debian13; a second call builds only what has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
script=tests/tools/test_debian13.sh
state=$PWD/build/debian13
root=$state/root

say() { printf '%s\n' "$*" >&2; }

# This machine's own sources, of Debian and not of updates, name the place to get Debian 13 from.
debian13_source() {
  # shellcheck disable=SC2016  # apt's placeholders
  apt-get indextargets --format 'deb $(SITE) trixie $(COMPONENT) $(ORIGIN) $(RELEASE)' \
    'Created-By: Packages' | sed -nE 's/ Debian [a-z]+$//p' | grep ' main$' | sort -u | head -n 1
}

make_root() {
  [[ ! -e "$state/made" ]] || return 0
  say "debian13: making a Debian 13 (what is said is in build/debian13/root.log)"
  rm -rf "$root"
  debian13_source >"$state/sources.list"
  mmdebstrap --variant=minbase trixie "$root" "$state/sources.list" >"$state/root.log" 2>&1 || {
    tail -n 30 "$state/root.log" >&2
    exit 1
  }
  touch "$state/made"
}

# tar keeps the times, so that ninja sees what has changed.
copy_tree() {
  mkdir -p "$root/source"
  find "$root/source" -mindepth 1 -maxdepth 1 ! -name build -exec rm -r {} +
  tar --create --exclude=./build --exclude=./.git . | tar --extract --directory "$root/source"
}

# The mounts end with the namespace they are made in.
test_inside() {
  mount --rbind /proc "$root/proc"
  mount --rbind /dev "$root/dev"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    /source/dev test "$@"
}

if [[ "${1-}" == --inside ]]; then
  test_inside "${@:2}"
else
  mkdir -p "$state"
  make_root
  copy_tree
  exec unshare --mount --propagation private "$BASH" "$script" --inside "$@"
fi
