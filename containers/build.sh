#!/bin/sh
# Builds the module from the sources in the current folder for a container: the module into /opt/modules, PowerShell into /opt/pwsh.
# usage: build.sh [cpu|cuda-linux] [folder in place of /opt]
set -eu
backend=${1:-cpu}
target=${2:-/opt}
stage=$(mktemp -d)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build MedSeg.PowerShell -t:StageModule -p:MedSegRuntime=linux-x64 -p:TorchBackend="$backend" -p:PackageFolder="$stage/"
mkdir -p "$target/modules"
cp -R "$stage/linux-x64.$backend/MedSeg" "$target/modules/MedSeg"
cp -R "$(dotnet msbuild MedSeg.PowerShell -getProperty:PowerShellFolder)" "$target/pwsh"
rm -rf "$stage"
