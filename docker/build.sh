#!/usr/bin/env bash
# Builds the images for amd64 and arm64 with buildx, as the original did.
set -euo pipefail
cd "$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd)"

usage() {
  cat <<'END'
docker/build.sh [--push | --load [amd64 | arm64]] [CMD_NAME …]

Builds sprinklers_cli, smart_aircons_cli and sensors_cli (or those that are named; demo is one more).

  --push   and pushes them
  --load   for one architecture only, this machine's unless named, into this machine's Docker

  REGISTRY     where they belong [initialed85], such as kube-registry:5000 or kube-registry:5000/house
  TAG          their tag [the version in package.json]
  PLAIN_HTTP   1 if the registry speaks no TLS
END
}

die() {
  echo "$1" >&2
  exit "${2:-1}"
}

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
registry=${REGISTRY:-initialed85}
registry=${registry%/}
tag=${TAG:-$version}
platforms=linux/amd64,linux/arm64
output=(--output type=cacheonly)
kept=
what="building, and keeping nothing (--push or --load keeps them)"
commands=()

# One that is loaded is for one architecture: pushed, it would take the place of the one for both.
keep() {
  [ -z "$kept" ] || [ "$kept" = "$1" ] || die "--push or --load, not both" 64
  kept=$1
}

while [ $# -gt 0 ]; do
  case $1 in
    --push)
      keep push
      output=(--push)
      what="building and pushing"
      ;;
    --load)
      keep load
      case ${2-} in
        amd64 | arm64)
          machine=$2
          shift
          ;;
        *) machine=$(uname -m) ;;
      esac
      case $machine in
        amd64 | x86_64) platforms=linux/amd64 ;;
        arm64 | aarch64) platforms=linux/arm64 ;;
        *) die "there is no image for $machine: there is amd64 and arm64" ;;
      esac
      output=(--load)
      what="building and loading into this machine's Docker"
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      usage >&2
      die "unknown flag $1" 64
      ;;
    *)
      [ -e "docker/entrypoint.$1" ] || die "there is no $1: there is$(printf ' %s' docker/entrypoint.* | sed 's|docker/entrypoint\.||g')" 64
      commands+=("$1")
      ;;
  esac
  shift
done
[ ${#commands[@]} -gt 0 ] || commands=(sprinklers_cli smart_aircons_cli sensors_cli)

# Docker would say so too, but not which of its words is whose.
[[ $registry =~ ^[A-Za-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*$ ]] ||
  die "REGISTRY is \"$registry\": it has to be like initialed85, kube-registry:5000 or kube-registry:5000/house" 64
[[ $tag =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] ||
  die "TAG is \"$tag\": it may have letters, digits, and _ . - after the first" 64
case ${PLAIN_HTTP:-} in
  '' | 0 | 1) ;;
  *) die "PLAIN_HTTP is \"$PLAIN_HTTP\": it has to be 1, or nothing" 64 ;;
esac

command -v docker > /dev/null || die "docker is not installed"
docker buildx version > /dev/null 2>&1 || die "docker buildx is missing: install Docker's package docker-buildx-plugin"
docker info > /dev/null 2>&1 || die "the Docker engine can't be reached: is it running, and may you use it?"

image() {
  echo "$registry/mqtt-things-${1//_/-}:$tag"
}

echo "$what, for $platforms:"
for command in "${commands[@]}"; do
  echo "  $(image "$command")"
done

work=$(mktemp -d)
builder=mqtt-things-$$
cleanup() {
  docker buildx rm --force "$builder" > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

# Its own network would not know the names that this machine knows.
create=(--name "$builder" --driver docker-container --driver-opt network=host)
if [ "${PLAIN_HTTP:-}" = 1 ]; then
  printf '[registry."%s"]\n  http = true\n' "${registry%%/*}" > "$work/buildkitd.toml"
  create+=(--config "$work/buildkitd.toml")
fi
docker buildx create "${create[@]}" > /dev/null

revision=$(git rev-parse HEAD 2> /dev/null || echo unknown)
for command in "${commands[@]}"; do
  docker buildx build --builder "$builder" --platform "$platforms" --file docker/Dockerfile \
    --build-arg "CMD_NAME=$command" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
    --tag "$(image "$command")" "${output[@]}" .
done
