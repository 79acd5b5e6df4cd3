#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packages MedSeg.
.DESCRIPTION
    A thin skin over dotnet: everything here works without this script too.
.EXAMPLE
    ./build.ps1 -Configuration Release -Test
.EXAMPLE
    ./build.ps1 -Package -Runtime win-x64, linux-x64

    Makes a zip and a .nupkg for each runtime in out/packages, whatever this machine is. Packages are Release builds.
.EXAMPLE
    ./build.ps1 -Package -Gallery -Runtime win-x64, linux-x64

    Makes in out/packages/gallery.cpu a module for all systems, and the native libraries for each runtime, which Install-MedSegNative installs.
#>
[CmdletBinding()]
param(
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    [ValidateSet('cpu', 'cuda-windows', 'cuda-linux')]
    [string] $TorchBackend = 'cpu',

    # What ONNX Runtime can compute on beside the processor; directml is for Windows.
    [ValidateSet('cpu', 'directml', 'cuda')]
    [string] $OnnxBackend = 'cpu',

    # What opens DICOM files; see docs/dicom.md.
    [ValidateSet('BuiltIn', 'FoDicom')]
    [string] $DicomBackend = 'BuiltIn',

    # Whether npm fetches NiiVue, the viewer of interactive reports; see docs/reports.md.
    [switch] $NiiVue,

    [switch] $Test,

    [switch] $Package,

    # Whether -Package makes the module for all systems and a package of native libraries for each runtime, in place of complete packages.
    [switch] $Gallery,

    # What -Package makes packages for; without it, this machine.
    [ValidateSet('win-x64', 'linux-x64', 'osx-arm64')]
    [string[]] $Runtime
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Push-Location -LiteralPath $PSScriptRoot
try {
    $properties = "-p:Configuration=$Configuration", "-p:TorchBackend=$TorchBackend", "-p:OnnxBackend=$OnnxBackend", "-p:DicomBackend=$DicomBackend"
    if ($NiiVue) {
        $properties += '-p:NiiVue=true'
    }
    dotnet build MedSeg.slnx @properties
    if ($Test) {
        dotnet test --solution MedSeg.slnx --no-build --configuration $Configuration
    }
    if ($Package) {
        $target = $Gallery ? 'PackageGallery' : 'PackageModule'
        foreach ($rid in $Runtime ?? '') {
            [string[]] $for = $rid ? "-p:MedSegRuntime=$rid" : @()
            dotnet build MedSeg.PowerShell "-t:$target" @properties @for
            $target = $Gallery ? 'PackageNatives' : $target
        }
        foreach ($manifest in Get-Item -Path out/packages/*/MedSeg*/MedSeg*.psd1, out/packages/*/module/MedSeg/MedSeg.psd1) {
            $null = Test-ModuleManifest -Path $manifest.FullName
        }
    }
} finally {
    Pop-Location
}
