#!/usr/bin/env bash
# Imports a real network into a fresh data folder and prints its plan:
# tools/run.sh PROGRAM DATA-FOLDER
set -euo pipefail

program=$1
export COMMONWEAL_DATA=$2

rm -rf "$COMMONWEAL_DATA"
"$program" init https://commonweal.example/carbon-farm-network/ >/dev/null
"$program" import examples/carbon-farm-network.jsonld
echo
"$program" plan --now 2023-05-15

folder=$COMMONWEAL_DATA
case $folder in "$PWD"/*) folder=${folder#"$PWD"/} ;; esac
name=$program
case $name in /*) ;; *) name=./$name ;; esac
cat <<TEXT

These books are in $folder. Try next:

  export COMMONWEAL_DATA=$folder
  $name why need/5-wolhide-gray-50-50-yarn --now 2023-05-15
  $name declare need --of spec/gray-50-50-yarn --quantity '60 lb' \\
      --for agent/wolhide --due 2023-09-01 --id need/more-gray
  $name plan --now 2023-05-15
  $name why need/more-gray --now 2023-05-15
  $name stock
  $name verify

The tour in README.md explains each; “$name --help” lists all commands.
TEXT
