#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packages MedSeg.
.DESCRIPTION
    A thin skin over dotnet: everything here works without this script too.
.EXAMPLE
    ./build.ps1 -Configuration Release -Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    [ValidateSet('cpu', 'cuda-windows', 'cuda-linux')]
    [string] $TorchBackend = 'cpu',

    [switch] $Test,

    [switch] $Package
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location -LiteralPath $PSScriptRoot
try {
    $properties = "-p:Configuration=$Configuration", "-p:TorchBackend=$TorchBackend"
    dotnet build MedSeg.slnx @properties
    if ($Test) {
        dotnet test --solution MedSeg.slnx --no-build --configuration $Configuration
    }
    if ($Package) {
        Compress-Archive -Path out/MedSeg -DestinationPath "out/MedSeg-$TorchBackend.zip" -Force
    }
} finally {
    Pop-Location
}
