# Measures training with 1 and 2 ranks on this machine, for docs/scaling.md. Use an idle machine with Open MPI:
#   dotnet run --project MedSeg.PowerShell -- benchmarks/Measure-Scaling.ps1
# Each rank is bound to a core of its own and has one thread. The data are drawn; the network is that of the defaults. The last epochs of each
# run are measured, since the first ones include warming up. Returns an object for each number of ranks.
param(
    [int[]] $Ranks = @(1, 2),
    [int] $Shares = 4,
    [int] $BatchSize = 8,
    [int] $InputSize = 128,
    [int] $Epochs = 5,
    [int] $Patients = 16,
    [string] $Launcher = 'mpirun',
    [string] $Path = "$([IO.Path]::GetTempPath())/medseg-scaling"
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Remove-Item $Path -Recurse -Force -ErrorAction SilentlyContinue
$null = New-MedSegDemoDataset "$Path/data" -Patients $Patients -HeldOutPatients 1 -SlicesPerPatient 4
Set-Content "$Path/train.ps1" @'
param([int] $Ranks, [int] $Shares, [int] $BatchSize, [int] $InputSize, [int] $Epochs)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $env:MEDSEG_MODULE
$options = @{ Distributed = 'Mpi'; Shares = $Shares; BatchSize = $BatchSize; Epochs = $Epochs; Device = 'Cpu' }
Import-MedSegDataset "$PSScriptRoot/data/train" -InputSize $InputSize |
    Start-MedSegTraining @options -OutputPath "$PSScriptRoot/ranks$Ranks" -Verbose 4> "$PSScriptRoot/verbose-$PID.txt" | Out-Null
'@
$env:MEDSEG_MODULE = Join-Path (Get-Module MedSeg).ModuleBase MedSeg.psd1
$env:OMP_NUM_THREADS = '1'
$env:OMPI_ALLOW_RUN_AS_ROOT = $env:OMPI_ALLOW_RUN_AS_ROOT_CONFIRM = '1'
$pwsh = [Environment]::GetCommandLineArgs()[0]
$alone = $null
foreach ($count in $Ranks) {
    Remove-Item "$Path/verbose-*.txt" -ErrorAction SilentlyContinue
    & $Launcher -n $count --bind-to core dotnet $pwsh -NoProfile -NonInteractive -File "$Path/train.ps1" $count $Shares $BatchSize $InputSize $Epochs
    if ($LASTEXITCODE -ne 0) {
        throw "$Launcher ended with $LASTEXITCODE."
    }

    $history = @(Get-MedSegHistory "$Path/ranks$count" | Select-Object -Last ($Epochs - 1))
    $seconds = ($history | Measure-Object Seconds -Average).Average
    $alone ??= $seconds
    $verbose = Get-Content "$Path/verbose-*.txt" -Raw
    $said = [regex]::Match("$verbose", 'waited ([\d.]+) s for other ranks, exchanged gradients for ([\d.]+) s, and sent ([\d.]+) MB')
    $parameters = [regex]::Match("$verbose", 'network of ([\d,]+) parameters').Groups[1].Value -replace ','
    $steps = [int] [regex]::Match("$verbose", '(\d+) steps per epoch').Groups[1].Value
    [pscustomobject] @{
        Ranks             = $count
        SecondsPerEpoch   = [Math]::Round($seconds, 3)
        SecondsPerStep    = [Math]::Round($seconds / $steps, 4)
        Speedup           = [Math]::Round($alone / $seconds, 3)
        Efficiency        = [Math]::Round($alone / $seconds / $count, 3)
        WaitedPerEpoch    = $said.Success ? [Math]::Round([double] $said.Groups[1].Value / $Epochs, 4) : 0
        ExchangedPerEpoch = $said.Success ? [Math]::Round([double] $said.Groups[2].Value / $Epochs, 4) : 0
        MegabytesPerStep  = $said.Success ? [Math]::Round([double] $said.Groups[3].Value / $Epochs / $steps, 3) : 0
        GradientBytes     = 4 * [long] $parameters
        LastLoss          = $history[-1].Loss
    }
}
