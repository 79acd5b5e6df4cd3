# Dot-sourced in BeforeAll of each file: imports the built module and defines what several files need.
$modulePath = if ($env:MEDSEG_MODULE) { $env:MEDSEG_MODULE } else { Join-Path -Path $PSScriptRoot -ChildPath '../../out/MedSeg' }
Import-Module -Name $modulePath -ErrorAction Stop

function Import-TestDataset {
    <#
    .SYNOPSIS
        Imports a small demo data set in TestDrive, and creates it first if needed.
    #>
    [CmdletBinding()]
    param(
        [ValidateRange(1, 10)]
        [int] $Patients = 2,

        [ValidateRange(1, 10)]
        [int] $Slices = 2
    )

    $root = Join-Path -Path $TestDrive -ChildPath "data-$Patients-$Slices"
    if (-not (Test-Path -LiteralPath $root)) {
        $demo = @{ Path = $root; Patients = $Patients; HeldOutPatients = 1; SlicesPerPatient = $Slices }
        $null = New-MedSegDemoDataset @demo
    }

    Import-MedSegDataset -Path (Join-Path -Path $root -ChildPath 'train') -InputSize 32
}

function Invoke-NewPwsh {
    <#
    .SYNOPSIS
        Starts the PowerShell that runs the tests anew, with the arguments, and gives what it writes.
    #>
    # From a package, pwsh is a library that dotnet runs.
    $program, $library = [Environment]::ProcessPath, (Join-Path -Path $PSHOME -ChildPath 'pwsh.dll')
    [string[]] $start = if ((Split-Path -Path $program -LeafBase) -eq 'pwsh') { @() } else { $library }
    & $program @start -NoProfile -NonInteractive @args
}

function Get-TableText {
    <#
    .SYNOPSIS
        Returns the table that a prompt would show, without colours.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory, ValueFromPipeline)]
        [object] $InputObject
    )

    begin {
        $objects = [System.Collections.Generic.List[object]]::new()
    }

    process {
        $objects.Add($InputObject)
    }

    end {
        ($objects | Format-Table | Out-String -Width 120) -replace '\x1b\[[0-9;]*m'
    }
}

function Test-PngFile {
    <#
    .SYNOPSIS
        Tests whether a file starts with the PNG signature (PNG specification, 5.2) and is not almost empty.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory)]
        [string] $Path
    )

    $signature = [Convert]::ToHexString((Get-Content -LiteralPath $Path -AsByteStream -TotalCount 8))
    $signature -eq '89504E470D0A1A0A' -and (Get-Item -LiteralPath $Path).Length -gt 1000
}
