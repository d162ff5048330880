#!/usr/bin/env bash
# Imports a real network into a fresh data folder and prints its plan:
# tools/run.sh PROGRAM DATA-FOLDER
set -euo pipefail

program=$1
data=$2

rm -rf "$data"
"$program" --data "$data" init https://commonweal.example/carbon-farm-network/ >/dev/null
"$program" --data "$data" import examples/carbon-farm-network.jsonld
echo
"$program" --data "$data" plan --now 2023-05-15

folder=$data
case $folder in "$PWD"/*) folder=${folder#"$PWD"/} ;; esac
name=$program
case $name in /*) ;; *) name=./$name ;; esac
cat <<TEXT

These books are in $folder, apart from those of the tour in README.md. Try next:

  $name --data $folder why need/5-wolhide-gray-50-50-yarn --now 2023-05-15
  $name --data $folder declare need --of spec/gray-50-50-yarn \\
      --quantity '60 lb' --for agent/wolhide --due 2023-09-01 --id need/more-gray
  $name --data $folder plan --now 2023-05-15
  $name --data $folder why need/more-gray --now 2023-05-15
  $name --data $folder stock
  $name --data $folder verify

The tour in README.md explains each; “$name --help” lists all commands.
TEXT
