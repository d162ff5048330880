#!/usr/bin/env bash
# Installs Debian packages, as root or through sudo: tools/install.sh PACKAGE…
# A server among them is installed only: none is started, and no data is made for it.
set -euo pipefail

if ! command -v apt-get >/dev/null; then
  echo "Please install: $* (this machine has no apt-get to do it with), then try again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Please install as root: apt-get update && apt-get install $*" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# What Debian's packages ask before they start a server, and what PostgreSQL's ask before they make a cluster.
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.conf
made=()
tidy() { if [ "${#made[@]}" -gt 0 ]; then "${as_root[@]}" rm -f "${made[@]}"; fi; }
trap tidy EXIT
write() { # FILE TEXT MODE: only where nothing is
  if [ ! -e "$1" ]; then
    made+=("$1")
    "${as_root[@]}" mkdir -p "$(dirname "$1")"
    printf "$2" | "${as_root[@]}" tee "$1" >/dev/null
    "${as_root[@]}" chmod "$3" "$1"
  fi
}
write "$policy" '#!/bin/sh\nexit 101\n' 755
write "$cluster" 'create_main_cluster = false\n' 644

"${as_root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
