#!/usr/bin/env bash
# Installs Debian packages, as root or through sudo: tools/install.sh PACKAGE…
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
"${as_root[@]}" apt-get update -q
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -q -y --no-install-recommends "$@"
