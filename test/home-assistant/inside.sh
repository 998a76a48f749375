#!/bin/sh
# Runs a command beside a Home Assistant of the release in HOME_ASSISTANT, in a network that has nothing but loopback.
# Exit code 75: it could not be prepared (within HOME_ASSISTANT_PREPARE_S seconds, if that is set).
set -eu
cd "$(dirname -- "$0")/../.."
export HOME_ASSISTANT="${HOME_ASSISTANT:-2026.11.0}"
HOME_ASSISTANT_ROOT=$(timeout "${HOME_ASSISTANT_PREPARE_S:-0}" test/home-assistant/prepare.sh "$HOME_ASSISTANT") || {
  echo "there is no Home Assistant $HOME_ASSISTANT to test with" >&2
  exit 75
}
export HOME_ASSISTANT_ROOT
# Both the network and what is mounted are gone with the last process in them.
# shellcheck disable=SC2016 # for the inner shell
exec unshare --net --mount sh -euc '
  ip link set lo up
  mount --rbind /proc "$HOME_ASSISTANT_ROOT/proc"
  mount --rbind /dev "$HOME_ASSISTANT_ROOT/dev"
  exec "$@"
' sh "$@"
