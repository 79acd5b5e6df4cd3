# All steps once, in about a minute on two cores: makes a demo data set, trains on it, scores the model on held-out
# patients, and segments their scans. Everything is written to the folder quickstart.
param(
    [string] $Path = 'quickstart',
    [int] $Epochs = 16
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../out/MedSeg"
}

$demo = New-MedSegDemoDataset -Path "$Path/data" -Force
"Demo data set: $($demo.Slices) slices in $($demo.Root)"

$import = @{ InputSize = 64; LabelName = $demo.LabelNames }
$dataset = Import-MedSegDataset -Path $demo.TrainPath @import
if (-not ($dataset | Test-MedSegLabels -Quiet)) {
    $dataset | Test-MedSegLabels
    throw 'Some labels have problems; see the reports above.'
}
$heldOut = Import-MedSegDataset -Path $demo.HeldOutPath @import
"Labels checked: $($dataset.Count) samples of $($dataset.Patients) patients; held out: $($heldOut.Count) of $($heldOut.Patients)"

$preview = $dataset | Export-MedSegPreview -Path "$Path/preview.png" -Force

# The default recipe, Published, is that of the paper and needs hundreds of epochs. Best learns faster; see docs/recipes.md.
$options = @{
    Epochs             = $Epochs
    Recipe             = 'Best'
    ReportInterval     = 4
    ValidationDataset  = $heldOut
    Seed               = 1
    OutputPath         = "$Path/trained_models"
    Force              = $true
}
$history = @{ Path = "$Path/history.csv"; PlotPath = "$Path/history.png"; Force = $true; PassThru = $true }
$dataset | Start-MedSegTraining @options | Export-MedSegHistory @history -OutVariable records
$last = $records[-1]

''
"Dice on held-out patients, mean $($last.ValidationDice.ToString('0.000')):"
$last.ValidationDiceByRoi | Out-Default
"Model:   $($last.ModelPath)"
"Preview: $($preview.FullName)"
"History: $Path/history.csv, $Path/history.png"

# A new scan needs no labels: the model finds the ROIs, and each file's pixel spacing gives the areas in square millimetres.
$segment = @{ Model = $last.ModelPath; Path = "$($demo.HeldOutPath)/dicoms"; OutputPath = "$Path/masks"; Overlay = $true; KeepLargestComponent = $true; Force = $true }
Invoke-MedSegSegmentation @segment -OutVariable slices | Measure-MedSegArea -CsvPath "$Path/areas.csv" -Force | Out-Default
"Masks:   $Path/masks; a picture: $($slices[0].OverlayPath)"
"Areas:   $Path/areas.csv"
if ($last.ValidationDice -lt 0.8) {
    throw "The held-out Dice is below 0.8."
}
