#!/bin/sh
# Prepares a Home Assistant of this release without containers: a minimal Debian in a cache folder, and in it a venv.
# What is there is used again. Prints where the Debian is; what it does and what is wrong goes to standard error.
set -eu
release=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mqtt-things/home-assistant
# Python 3.13 runs 2024.12 to 2026.2, everything after that wants 3.14.
case $release in
  2024.12.* | 2025.* | 2026.[12].*) suite=trixie ;;
  *) suite=forky ;;
esac
root=$cache/$suite
venv=/opt/home-assistant-$release
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

say() { echo "$*" >&2; }
stop() {
  say "Home Assistant $release can't be prepared: $*"
  exit 1
}
inside() { chroot "$root" env HOME=/root PIP_NO_CACHE_DIR=1 PATH="$venv/bin:/usr/sbin:/usr/bin:/sbin:/bin" LANG=C.UTF-8 "$@"; }

if [ ! -e "$root$venv/ready" ]; then
  [ "$(id -u)" = 0 ] || stop "only root may use debootstrap and chroot"
  command -v debootstrap >/dev/null || stop "debootstrap is not installed"
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
fi

if [ ! -e "$root" ]; then
  say "fetching Debian $suite"
  # From where this machine has its own packages, if it is a Debian. The scripts of all newer suites are sid's.
  # shellcheck disable=SC2016 # apt-get's own
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)
  # One that was interrupted may have left its /proc mounted.
  rm -rf --one-file-system "$root.part"
  debootstrap --variant=minbase --include=ca-certificates,python3-venv,python3-dev,g++ \
    "$suite" "$root.part" ${mirror:+"$mirror"} ${mirror:+/usr/share/debootstrap/scripts/sid} >&2 ||
    stop "debootstrap failed"
  mv "$root.part" "$root"
fi

if [ ! -e "$root$venv/ready" ]; then
  say "fetching Home Assistant $release"
  # The way to the Python packages is this machine's too; PIP_… comes with the environment.
  for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    [ ! -f "$file" ] || install -D -m 644 "$file" "$root$file"
  done
  rm -rf "${root:?}$venv"
  inside python3 -m venv "$venv" || stop "no virtual environment could be made"
  inside pip install --quiet --no-compile "homeassistant==$release" >&2 || stop "pip failed"
  # Home Assistant would fetch these at its start, but there it has no network. MQTT imports hassio without naming it.
  install -m 644 "$here/requirements.py" "$root/tmp/requirements.py"
  inside sh -c 'python /tmp/requirements.py mqtt hassio recorder history >/tmp/requirements.txt' || stop "its manifests can't be read"
  constraints=$(inside python -c 'import homeassistant; print(homeassistant.__path__[0])')/package_constraints.txt
  inside pip install --quiet --no-compile -c "$constraints" -r /tmp/requirements.txt >&2 || stop "pip failed"
  touch "$root$venv/ready"
fi
echo "$root"
