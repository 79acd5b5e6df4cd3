# Shows how well confidence and expected Dice fit on patients that neither training nor calibration saw, as in docs/metrics.md:
#   dotnet run --project MedSeg.PowerShell -- benchmarks/Measure-Reliability.ps1 -Case Best
# Drawn patients, at 64 x 64 pixels. Folds are trained, Find-MedSegPostProcessing examines them on their held-out slices, and each
# fold's model then segments other patients, before and after.
param(
    [int] $Patients = 15,
    [int] $TestPatients = 30,
    [int] $SlicesPerPatient = 2,
    [int] $Folds = 3,
    [int] $Seed = 0,
    [ValidateSet('Best', 'Pyramid')]
    [string] $Case = 'Best',
    [string] $Path = "$([IO.Path]::GetTempPath())/medseg-reliability"
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$options = @{
    'Best'    = @{ Recipe = 'Best'; Epochs = 30 }
    'Pyramid' = @{ BaseWidth = 8; LearningRate = 2e-3; DropoutRate = 0.1; Epochs = 30 }
}[$Case]

function Get-Mask($Model, $Dataset, [string] $Images) {
    foreach ($one in $Model) {
        $scores = @{}
        $Dataset | Measure-MedSegModel $one -BySlice -Device Cpu | ForEach-Object { $scores["$($_.Slice) $($_.Roi)"] = $_ }
        foreach ($slice in Invoke-MedSegSegmentation -Model $one -Path $Images -OutputPath "$Path/masks" -Device Cpu -Force) {
            foreach ($roi in $slice.Rois | Where-Object Pixels -gt 0) {
                $score = $scores["$($slice.Name) $($roi.Roi)"]
                [pscustomobject] @{ Pixels = $roi.Pixels; Confidence = $roi.Confidence; Precision = $score.Precision; ExpectedDice = $roi.ExpectedDice; Dice = $score.Dice }
            }
        }
    }
}

# The rows of a table: the masks in five groups of equal number by what was said, with what was said and what was true, weighted.
function Get-Row($Mask, [string] $Column, [string] $Truth, [string] $Weight) {
    $sorted = @($Mask | Sort-Object $Column)
    foreach ($group in 0..4) {
        $sum = @{ Weight = 0.0; Said = 0.0; True = 0.0 }
        $own = $sorted[[int] [Math]::Floor($group * $sorted.Count / 5)..([int] [Math]::Floor(($group + 1) * $sorted.Count / 5) - 1)]
        foreach ($one in $own) {
            $weigh = if ($Weight) { $one.$Weight } else { 1 }
            $sum.Weight += $weigh
            $sum.Said += $weigh * $one.$Column
            $sum.True += $weigh * $one.$Truth
        }

        [pscustomobject] @{
            Range = '{0:0.000} to {1:0.000}' -f $own[0].$Column, $own[-1].$Column
            Masks = $own.Count
            Said  = '{0:0.000}' -f ($sum.Said / $sum.Weight)
            True  = '{0:0.000}' -f ($sum.True / $sum.Weight)
        }
    }
}

Remove-Item -Path $Path -Recurse -Force -ErrorAction Ignore
$null = New-MedSegDemoDataset -Path "$Path/data" -Patients $Patients -SlicesPerPatient $SlicesPerPatient -HeldOutPatients 1 -Seed $Seed
$null = New-MedSegDemoDataset -Path "$Path/test" -Patients $TestPatients -SlicesPerPatient $SlicesPerPatient -HeldOutPatients 1 -Seed ($Seed + 1000)
$dataset = Import-MedSegDataset -Path "$Path/data/train" -InputSize 64
$test = Import-MedSegDataset -Path "$Path/test/train" -InputSize 64
$result = $dataset | Invoke-MedSegCrossValidation @options -Folds $Folds -ReportInterval 30 -Seed $Seed -OutputPath "$Path/cv" -Device Cpu

$before = Get-Mask $result.ModelPaths $test "$Path/test/train/dicoms"
$found = $dataset | Find-MedSegPostProcessing -CrossValidation $result -Device Cpu
$after = Get-Mask $result.ModelPaths $test "$Path/test/train/dicoms"

$found | Format-List
'Confidence (Said) and fraction of right pixels (True), without calibration:'
Get-Row $before Confidence Precision Pixels | Format-Table
'With calibration:'
Get-Row $after Confidence Precision Pixels | Format-Table
'Expected Dice (Said) and Dice (True):'
Get-Row $after ExpectedDice Dice | Format-Table
'Mean absolute difference between expected Dice and Dice {0:0.000}; between confidence and Dice, without calibration, {1:0.000}' -f @(
    ($after | ForEach-Object { [Math]::Abs($_.ExpectedDice - $_.Dice) } | Measure-Object -Average).Average
    ($before | ForEach-Object { [Math]::Abs($_.Confidence - $_.Dice) } | Measure-Object -Average).Average
)
