#!/usr/bin/env bash
# Makes a Debian package of a program that was built: packaging/package.sh PROGRAM FOLDER
# It prints the path of the package. The books in /var/lib/commonweal stay when the package goes.
set -euo pipefail

program=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
version=$("$program" version | sed -n 's/^commonweal \([0-9.]*\) .*/\1/p')
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root" # it is the entry ./ of the package

install -D -m 0755 "$program" "$root/usr/bin/commonweal"
install -D -m 0644 "$here/commonweal.service" "$root/lib/systemd/system/commonweal.service"
install -D -m 0644 "$here/commonweal.yaml" "$root/etc/commonweal/commonweal.yaml"
install -D -m 0644 "$here/../README.md" "$root/usr/share/doc/commonweal/README.md"
install -D -m 0644 "$here/../CHANGELOG.md" "$root/usr/share/doc/commonweal/CHANGELOG.md"
install -D -m 0644 "$here/../LICENSE" "$root/usr/share/doc/commonweal/copyright"
install -D -m 0755 "$here/debian/postinst" "$root/DEBIAN/postinst"
install -D -m 0755 "$here/debian/prerm" "$root/DEBIAN/prerm"
echo /etc/commonweal/commonweal.yaml >"$root/DEBIAN/conffiles"
cat >"$root/DEBIAN/control" <<TEXT
Package: commonweal
Version: $version
Architecture: $architecture
Maintainer: Commonweal maintainers <maintainers@commonweal.example>
Depends: adduser
Suggests: postgresql
Section: web
Priority: optional
Description: plan production for need across networks of independent groups
 Commonweal plans, re-plans and coordinates production for need, and keeps
 the open books of networks of farms, workshops, kitchens and cooperatives:
 exact, signed, and verifiable by anyone.
TEXT
SOURCE_DATE_EPOCH=$(git -C "$here" log -1 --format=%ct 2>/dev/null || stat -c %Y "$program")
export SOURCE_DATE_EPOCH
dpkg-deb -Zgzip --root-owner-group --build "$root" "$out/commonweal_${version}_${architecture}.deb" >/dev/null
echo "$out/commonweal_${version}_${architecture}.deb"
