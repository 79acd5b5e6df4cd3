#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packages MedSeg.
.DESCRIPTION
    A thin wrapper around dotnet: everything here also works without this script.
.EXAMPLE
    ./build.ps1 -Configuration Release -Test
.EXAMPLE
    ./build.ps1 -Package -Runtime win-x64, linux-x64

    Builds a zip and a .nupkg for each runtime in out/packages, on any machine. Packages are always Release builds.
#>
[CmdletBinding()]
param(
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    [ValidateSet('cpu', 'cuda-windows', 'cuda-linux')]
    [string] $TorchBackend = 'cpu',

    # Where ONNX Runtime can run besides the CPU; directml is for Windows.
    [ValidateSet('cpu', 'directml', 'cuda')]
    [string] $OnnxBackend = 'cpu',

    # The DICOM reader; see docs/dicom.md.
    [ValidateSet('BuiltIn', 'FoDicom')]
    [string] $DicomBackend = 'BuiltIn',

    [switch] $Test,

    [switch] $Package,

    # The runtimes to build packages for; by default, that of this machine.
    [ValidateSet('win-x64', 'linux-x64', 'osx-arm64')]
    [string[]] $Runtime
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location -LiteralPath $PSScriptRoot
try {
    $properties = "-p:Configuration=$Configuration", "-p:TorchBackend=$TorchBackend", "-p:OnnxBackend=$OnnxBackend", "-p:DicomBackend=$DicomBackend"
    dotnet build MedSeg.slnx @properties
    if ($Test) {
        dotnet test --solution MedSeg.slnx --no-build --configuration $Configuration
        if (Get-Module -Name Pester -ListAvailable | Where-Object -Property Version -GE -Value 5.5) {
            # In a separate process, so that the module is unloaded afterwards.
            & (Join-Path -Path $PSHOME -ChildPath 'pwsh') -NoProfile -File tests/Pester/Run.ps1
        } else {
            Write-Warning -Message "The Pester tests were left out: Pester 5.5 or newer is not installed. Get it with 'Install-Module Pester'."
        }
    }
    if ($Package) {
        foreach ($rid in $Runtime ?? '') {
            [string[]] $for = $rid ? "-p:MedSegRuntime=$rid" : @()
            dotnet build MedSeg.PowerShell -t:PackageModule @properties @for
        }
        foreach ($manifest in Get-Item -Path out/packages/*/MedSeg/MedSeg.psd1) {
            $null = Test-ModuleManifest -Path $manifest.FullName
        }
    }
} finally {
    Pop-Location
}
