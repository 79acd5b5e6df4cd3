# Measures what the disk cache saves: import time, and the memory of a process that trains. Use a new process for each
# step, since code that is already loaded and compiled runs faster.
#   pwsh benchmarks/DatasetCache.ps1 -Path bench -Make                 draws 1,000 slices
#   pwsh benchmarks/DatasetCache.ps1 -Path bench -Cache Memory         imports into memory
#   pwsh benchmarks/DatasetCache.ps1 -Path bench -Cache Disk           the first run builds the cache, the second uses it
#   pwsh benchmarks/DatasetCache.ps1 -Path bench -Cache Disk -Epochs 2 imports and trains
param(
    [string] $Path = 'bench',
    [int] $Patients = 50,
    [int] $SlicesPerPatient = 20,
    [string] $Cache = 'Disk',
    [int] $InputSize = 256,
    [int] $Epochs = 0,
    [switch] $Make
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../out/MedSeg"
}

if ($Make) {
    $demo = @{ Path = $Path; Patients = $Patients; SlicesPerPatient = $SlicesPerPatient; HeldOutPatients = 1 }
    New-MedSegDemoDataset @demo
    return
}

# Load the engine before the clock starts, as in a session that is already in use.
$null = Get-MedSegDevice
$clock = [Diagnostics.Stopwatch]::StartNew()
$dataset = Import-MedSegDataset -Path "$Path/train" -InputSize $InputSize -Cache $Cache -LabelName 'A', 'B', 'C', 'D'
"Import: $($dataset.Count) slices in $($clock.Elapsed.TotalSeconds.ToString('0.00')) s, $($dataset.Cache.Taken) pairs from the cache"
[GC]::Collect()
"Managed memory after import: $(([GC]::GetTotalMemory($true) / 1MB).ToString('0')) MB"
"Peak working set after import: $(([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB).ToString('0')) MB"
if ($Epochs -gt 0) {
    $train = @{ Epochs = $Epochs; ReportInterval = 1; BaseWidth = 1; OutputPath = "$Path/models"; Force = $true }
    $clock.Restart()
    $null = $dataset | Start-MedSegTraining @train
    "Training: $Epochs epochs in $($clock.Elapsed.TotalSeconds.ToString('0')) s"
    "Peak working set: $(([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB).ToString('0')) MB"
}
