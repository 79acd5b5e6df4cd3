#!/bin/bash
# Builds the package twice, from two folders with other names, and compares every file of both: a build is reproducible if it depends on its sources alone.
# usage: build/reproduce.sh [commit]     ends with 0 if all files are byte-identical, with 1 and their names if not
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
commit=${1:-HEAD}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
folders=("$work/a" "$work/another folder/with a longer name")
for folder in "${folders[@]}"; do
  mkdir -p "$folder"
  git -C "$root" archive "$commit" | tar -x -C "$folder"
  (cd "$folder" && dotnet build MedSeg.PowerShell -t:PackageModule -p:RunAnalyzers=false -p:UseSharedCompilation=false -nodeReuse:false -v:quiet)
done

sums() { (cd "$1/out/packages" && find . -type f -print0 | sort -z | xargs -0 sha256sum); }
sums "${folders[0]}" > "$work/first"
sums "${folders[1]}" > "$work/second"
if diff "$work/first" "$work/second" > "$work/difference"; then
  echo "$(wc -l < "$work/first") files of two builds are byte-identical:"
  grep -E '\.(zip|nupkg)$' "$work/first"
else
  echo "These files differ between two builds of $commit:"
  sed -nE 's/^[<>] [0-9a-f]+  //p' "$work/difference" | sort -u
  exit 1
fi
