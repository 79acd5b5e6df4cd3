#requires -Version 7.4
<#
.SYNOPSIS
    Runs the Pester tests of the built module.
.DESCRIPTION
    Imports the module from out/MedSeg, which dotnet build creates, and runs all tests in this folder and in examples. The
    last line is 'N passed, N failed, N skipped'. The exit code is the number of failures.
.PARAMETER ModulePath
    The folder of the built module; by default out/MedSeg.
.PARAMETER Pester
    The Pester module to use: a name or a path.
.PARAMETER Path
    The test files or folders to run; by default all.
.PARAMETER ResultPath
    The NUnit XML file to write, for build servers.
.PARAMETER Output
    How much Pester prints.
.EXAMPLE
    pwsh -NoProfile -File tests/Pester/Run.ps1
.EXAMPLE
    pwsh -NoProfile -File tests/Pester/Run.ps1 -Path tests/Pester/Module.Tests.ps1 -Output Detailed
#>
[CmdletBinding()]
param(
    [string] $ModulePath = (Join-Path -Path $PSScriptRoot -ChildPath '../../out/MedSeg'),

    [string[]] $Path = @($PSScriptRoot, (Join-Path -Path $PSScriptRoot -ChildPath '../../examples')),

    [string] $Pester = 'Pester',

    [string] $ResultPath,

    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')]
    [string] $Output = 'Normal'
)

$ErrorActionPreference = 'Stop'
if (-not (Test-Path -LiteralPath (Join-Path -Path $ModulePath -ChildPath 'MedSeg.psd1'))) {
    throw "There is no module in $ModulePath. Run 'dotnet build' in the repository first."
}

Import-Module -Name $Pester -MinimumVersion 5.5
$env:MEDSEG_MODULE = (Resolve-Path -LiteralPath $ModulePath).ProviderPath

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = $Output
if ($ResultPath) {
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputFormat = 'NUnitXml'
    $configuration.TestResult.OutputPath = $ResultPath
}

$result = Invoke-Pester -Configuration $configuration

# A file or block that fails outside of a test fails none of its tests, but is still a failure.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
if ($result.PassedCount -eq 0 -and $failed -eq 0) {
    $failed = 1
}
"$($result.PassedCount) passed, $failed failed, $($result.SkippedCount) skipped"
exit $failed
