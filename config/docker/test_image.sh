#!/usr/bin/env bash
# Builds the container image and tries it without a Docker engine. `./dev image` calls it, as root.
# Everything it makes lies in build/image. The containers share a network of their own that consists
# of loopback: port 8080 is always free there, and nobody else sees them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

script=config/docker/test_image.sh
image=ouro
base=ouro-base
added_megabytes_max=60
drain_seconds=8
state=$PWD/build/image
url=http://127.0.0.1:8080
admin=http://127.0.0.1:9180

say() { printf '%s\n' "$*" >&2; }
die() {
  say "image: $*"
  exit 1
}

# --- podman's and buildah's own files -------------------------------------------------------------

# podman's default limits may be above those of this machine, and not even root may raise them here.
memory_limit() {
  local kibibytes
  kibibytes=$(ulimit -Hl)
  [[ "$kibibytes" == unlimited ]] && echo -1 || echo $((kibibytes * 1024))
}
files_limit=nofile=$(ulimit -Hn):$(ulimit -Hn)
processes_limit=nproc=32768:32768
memory_limit=memlock=$(memory_limit):$(memory_limit)

write_settings() {
  cat >"$state/containers.conf" <<END
[containers]
default_ulimits = ["$files_limit", "$processes_limit"]
cgroups = "disabled"
netns = "host"
log_driver = "k8s-file"
[engine]
events_logger = "none"
cgroup_manager = "cgroupfs"
END
  cat >"$state/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$state/storage"
runroot = "$state/run"
END
  echo 'unqualified-search-registries = []' >"$state/registries.conf"
  export CONTAINERS_CONF=$state/containers.conf CONTAINERS_STORAGE_CONF=$state/storage.conf
  export CONTAINERS_REGISTRIES_CONF=$state/registries.conf TMPDIR=$state/tmp
  # The test runs the health check itself, and there may be no systemd to do it every 30 s.
  export DISABLE_HC_SYSTEMD=true
  mkdir -p "$state/tmp"
}

# --- The image ------------------------------------------------------------------------------------

# The sources of Debian that this machine has, as lines for another root.
debian_sources() {
  # shellcheck disable=SC2016  # apt's placeholders
  apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT) $(ORIGIN)' \
    'Created-By: Packages' | sed -n 's/ Debian$//p' | grep -F bookworm | sort -u
}

# What a minimal Debian 12 is: nothing is fetched from a registry.
make_base() {
  ! podman image exists "localhost/$base" || return 0
  say "image: making a minimal Debian 12 (what is said is in build/image/base.log)"
  debian_sources >"$state/sources.list"
  [[ -s "$state/sources.list" ]] || die "this machine has no sources for Debian 12 (bookworm)"
  mmdebstrap --variant=minbase bookworm "$state/base.tar" "$state/sources.list" \
    >"$state/base.log" 2>&1 || {
    tail -n 30 "$state/base.log" >&2
    die "cannot make a minimal Debian 12"
  }
  podman import --quiet "$state/base.tar" "$base" >/dev/null
  rm "$state/base.tar"
}

build_image() {
  say "image: building (all that is said is in build/image/build.log)"
  buildah bud --isolation chroot --format docker --pull-never --layers \
    --build-arg "BASE=localhost/$base" --tag "$image" . >"$state/build.log" 2>&1 || {
    tail -n 30 "$state/build.log" >&2
    die "the image does not build"
  }
}

# --- Trying it ------------------------------------------------------------------------------------

checks=0
ok() {
  checks=$((checks + 1))
  say "  ok  $*"
}

container=ouro-try
log=$state/container.log

remove_container() {
  podman rm --force --time 0 "$container" >/dev/null 2>&1 || true
}

# start OPTIONS...: the container as a cautious operator runs it, and waits until it listens.
start() {
  remove_container
  podman run --detach --name "$container" --read-only --cap-drop ALL \
    --security-opt no-new-privileges --ulimit "$memory_limit" --ulimit "$files_limit" \
    --ulimit "$processes_limit" \
    "$@" "localhost/$image" >/dev/null
  for _ in {1..100}; do
    podman logs "$container" >"$log" 2>&1
    ! grep -q '^  site ' "$log" || return 0
    [[ "$(podman inspect --format '{{.State.Running}}' "$container")" == true ]] || break
    sleep 0.1
  done
  cat "$log" >&2
  die "the container does not start"
}

expect_engine() {
  grep -qE "^  engine +$1" "$log" || {
    cat "$log" >&2
    die "expected the engine: $1"
  }
  ok "$(grep -E '^  engine' "$log" | tr -s ' ')"
}

expect_served() {
  [[ "$(curl --silent --show-error --max-time 5 "$url/")" == "hello from outside" ]] ||
    die "the mounted site is not served"
  ok "the mounted site is served"
}

# expect_admin PATTERN: the start table says that it is there, and everything is well.
expect_admin() {
  grep -qE "^  admin +http://$1\$" "$log" || {
    cat "$log" >&2
    die "expected the admin on $1"
  }
  [[ "$(admin_status healthz) $(admin_status readyz)" == "200 200" ]] ||
    die "the admin does not say that all is well"
  ok "$(grep -E '^  admin' "$log" | tr -s ' '): alive and ready"
}

admin_status() {
  curl --silent --max-time 5 --output "$state/admin" --write-out '%{http_code}' "$admin/$1"
}

expect_not_ready() {
  local until=$((SECONDS + 5))
  until [[ "$(admin_status readyz)" == 503 ]]; do
    ((SECONDS < until)) || die "still ready after SIGTERM"
    sleep 0.1
  done
  [[ "$(admin_status healthz)" == 200 ]] || die "not alive while it drains"
  ok "while it drains it is alive but not ready"
}

expect_healthy() {
  podman exec "$container" /usr/bin/ouro health || die "ouro health fails inside"
  podman healthcheck run "$container" >/dev/null 2>"$state/health.log" ||
    die "HEALTHCHECK fails: $(cat "$state/health.log")"
  ok "ouro health inside, HEALTHCHECK"
  ! podman exec "$container" /usr/bin/ouro health http://127.0.0.1:1/ 2>/dev/null ||
    die "ouro health finds a server where none is"
  ok "ouro health says no where nobody listens"
}

# Process 1 gets no default action for SIGTERM: only a handler of its own ends it.
expect_stop() {
  local begun=$SECONDS code download
  curl --silent --max-time 60 --limit-rate 12M --output "$state/download" "$url/large.bin" &
  download=$!
  until [[ -s "$state/download" ]]; do sleep 0.1; done
  podman kill --signal TERM "$container" >/dev/null
  kill -0 "$download" || die "the download ended before SIGTERM"
  expect_not_ready
  wait "$download" || die "SIGTERM cut off a download"
  cmp --quiet "$state/download" "$state/site/large.bin" || die "the download is not the file"
  code=$(podman wait "$container")
  [[ "$code" == 0 ]] || die "SIGTERM: exit code $code"
  ((SECONDS - begun <= drain_seconds)) || die "SIGTERM took $((SECONDS - begun)) s"
  rm -f "$state/download"
  ok "SIGTERM to process 1: the download was finished, exit code 0 after $((SECONDS - begun)) s"
}

prepare_site() {
  mkdir -p "$state/site"
  echo "hello from outside" >"$state/site/index.html"
  head --bytes 40000000 /dev/urandom >"$state/site/large.bin"
  sed 's#"/srv"#"/data"#' config/docker/ouro.jsonc >"$state/ouro.jsonc"
}

image_bytes() { podman image inspect --format '{{.Size}}' "localhost/$1"; }

check_contents() {
  local added facts
  added=$((($(image_bytes "$image") - $(image_bytes "$base")) / 1000000))
  ((added <= added_megabytes_max)) || die "the image adds $added MB to its base"
  ok "$added MB more than the base (at most $added_megabytes_max)"
  facts=$(podman image inspect --format '{{.User}} {{.Config.ExposedPorts}}' "localhost/$image")
  [[ "$facts" == "10001:10001 map[8080/tcp:{}]" ]] || die "user and port of the image: $facts"
  ok "runs as 10001:10001, exposes 8080"
  podman run --rm --read-only "localhost/$image" check >/dev/null ||
    die "its own configuration is wrong"
  ok "its own configuration is right"
}

try_image() {
  ip link set lo up
  trap remove_container EXIT
  prepare_site
  check_contents
  say "image: its own configuration, the default profile of seccomp"
  start --volume "$state/site:/srv:ro"
  expect_engine 'epoll, because io_uring is not available: .'
  expect_admin '127\.0\.0\.1:9180'
  expect_served
  expect_healthy
  expect_stop
  say "image: a configuration from outside, our profile of seccomp"
  start --volume "$state/ouro.jsonc:/etc/ouro/ouro.jsonc:ro" --volume "$state/site:/data:ro" \
    --security-opt seccomp=config/docker/seccomp.json --env OURO_ADMIN=:9180
  expect_engine 'io_uring$'
  expect_admin '(\[::]|0\.0\.0\.0):9180'
  expect_served
  expect_healthy
  expect_stop
  say "image: $checks checks passed. It is in build/image/storage; to take it elsewhere:"
  say "    CONTAINERS_STORAGE_CONF=build/image/storage.conf podman save -o ouro.tar localhost/ouro"
}

# podman stumbles over both cgroup versions side by side and needs neither: in a mount namespace of
# our own the second one can be hidden from it.
main() {
  umount /sys/fs/cgroup/unified 2>/dev/null || true
  write_settings
  case "$1" in
    build)
      make_base
      build_image
      ;;
    try) try_image ;;
  esac
}

if (($#)); then
  main "$@"
else
  mkdir -p "$state"
  unshare --mount --propagation private "$BASH" "$script" build
  unshare --mount --net --propagation private "$BASH" "$script" try
fi
