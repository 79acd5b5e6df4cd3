#!/bin/bash
# Fuzzes a reader guided by coverage: SharpFuzz instruments the engine, and AFL++ (afl-fuzz) makes files that reach new code.
# usage: build/fuzz.sh FORMAT [seconds]     such as: build/fuzz.sh volume 600
# Ends with 0 if nothing was found; with 1 and the files that crashed or hung the reader, which are kept in out/fuzz/FORMAT.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
format=${1:?Give a format, such as volume}
seconds=${2:-60}
command -v afl-fuzz > /dev/null || { echo "afl-fuzz was not found. Install AFL++ (Debian: apt-get install afl++)." >&2; exit 2; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
work=$root/out/fuzz
program=$work/program
mkdir -p "$work"
if [ ! -f "$program/instrumented" ] || [ -n "$(find "$root/MedSeg.Engine" "$root/tests/MedSeg.Engine.Tests" -name '*.cs' -newer "$program/instrumented" -not -path '*/obj/*' -print -quit)" ]; then
  rm -rf "$program"
  dotnet build "$root/tests/MedSeg.Engine.Fuzz" -p:RunAnalyzers=false -v:quiet -o "$program"
  [ -x "$work/tool/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tool" > /dev/null
  "$work/tool/sharpfuzz" "$program/MedSeg.Engine.dll"
  touch "$program/instrumented"
fi

folder=$work/$format
rm -rf "$folder"
dotnet "$program/MedSeg.Engine.Fuzz.dll" "$format" seeds "$folder/seeds"

# The runtime reserves more address space than it uses, so memory is not limited; a file that takes 10 s is a hang.
AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
  afl-fuzz -V "$seconds" -t 10000 -m none -i "$folder/seeds" -o "$folder/found" -- dotnet "$program/MedSeg.Engine.Fuzz.dll" "$format" > "$folder/log.txt" 2>&1 \
  || { tail -n 20 "$folder/log.txt" >&2; exit 2; }

stats=$folder/found/default/fuzzer_stats
value() { sed -nE "s/^$1 *: *//p" "$stats"; }
echo "$format: $(value execs_done) files in $(value run_time) s, $(value corpus_count) kept for new coverage, $(value saved_crashes) crashes, $(value saved_hangs) hangs"
if [ "$(value saved_crashes)" != 0 ] || [ "$(value saved_hangs)" != 0 ]; then
  find "$folder/found/default/crashes" "$folder/found/default/hangs" -name 'id:*' >&2
  echo "See what a file does with: dotnet $program/MedSeg.Engine.Fuzz.dll $format FILE" >&2
  exit 1
fi
