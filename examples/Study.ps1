#requires -Version 7.4
<#
.SYNOPSIS
    Runs a study of two raters and a model, from raw scans to the workbooks and figures of a paper, on drawn data.
.DESCRIPTION
    Two raters, Anna and Ben, outlined the muscles of the same patients. The script trains a model on the outlines of other
    patients, segments the scans with it, and compares all three: overlap, areas, fat and lean area. It writes

    - agreement.xlsx: Dice, distances, Bland-Altman, ICC and more for each ROI and pair of raters
    - composition.xlsx: area, fat and lean area of each slice, patient and level, from the consensus of the two raters
    - model.xlsx: the scores of the model against the consensus
    - training.html and segmentation.html: reports of the training and of the masks of the model, to look at
    - figures: Bland-Altman plot, identity plot, Dice, the learning curve; maps of fat
    - the masks of the model and of the consensus, and pictures of the model's masks

    The raters are simulated: Anna's outlines are those that were drawn, and Ben's differ by a pixel at some edges. For your own
    study, put your scans and the masks of your raters in place of the first part; see docs/agreement.md.
.PARAMETER Path
    The folder to write everything to.
.PARAMETER Patients
    The number of patients that both raters outlined.
.PARAMETER Epochs
    The number of epochs to train. A few hundred give better masks.
.PARAMETER Force
    Overwrites the results of an earlier run.
.OUTPUTS
    The figures, reports and workbooks, as files.
.EXAMPLE
    ./Study.ps1 -Path ./study

    Runs the whole study in about a minute.
#>
[CmdletBinding()]
param(
    [string] $Path = 'study',

    [ValidateRange(2, 100)]
    [int] $Patients = 6,

    [ValidateRange(1, 100000)]
    [int] $Epochs = 16,

    [switch] $Force
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../out/MedSeg"
}

function Read-DemoMask {
    # Returns size and pixels of a mask that New-MedSegDemoDataset wrote: .npy, or a grey PNG of 8 bits without row filters.
    param([string] $LiteralPath)

    $bytes = [System.IO.File]::ReadAllBytes($LiteralPath)
    if ([System.IO.Path]::GetExtension($LiteralPath) -eq '.npy') {
        $start = 10 + [BitConverter]::ToUInt16($bytes, 8)
        $null = [System.Text.Encoding]::ASCII.GetString($bytes, 10, $start - 10) -match '\((\d+), (\d+)\)'
        return @{ Rows = [int] $Matches[1]; Columns = [int] $Matches[2]; Pixels = [byte[]] $bytes[$start..($bytes.Length - 1)] }
    }
    $packed = [System.IO.MemoryStream]::new()
    for ($at = 8; $at -lt $bytes.Length; $at += 12 + $length) {
        $length = [System.Net.IPAddress]::NetworkToHostOrder([BitConverter]::ToInt32($bytes, $at))
        $type = [System.Text.Encoding]::ASCII.GetString($bytes, $at + 4, 4)
        if ($type -eq 'IHDR') {
            $columns = [System.Net.IPAddress]::NetworkToHostOrder([BitConverter]::ToInt32($bytes, $at + 8))
            $rows = [System.Net.IPAddress]::NetworkToHostOrder([BitConverter]::ToInt32($bytes, $at + 12))
        } elseif ($type -eq 'IDAT') {
            $packed.Write($bytes, $at + 8, $length)
        }
    }
    $packed.Position = 0
    $unpacked = [System.IO.MemoryStream]::new()
    [System.IO.Compression.ZLibStream]::new($packed, [System.IO.Compression.CompressionMode]::Decompress).CopyTo($unpacked)
    $lines = $unpacked.ToArray()
    $pixels = [byte[]]::new($rows * $columns)
    for ($row = 0; $row -lt $rows; $row++) {
        if ($lines[$row * ($columns + 1)] -ne 0) {
            throw "${LiteralPath}: The rows of the PNG are filtered."
        }
        [Array]::Copy($lines, $row * ($columns + 1) + 1, $pixels, $row * $columns, $columns)
    }
    @{ Rows = $rows; Columns = $columns; Pixels = $pixels }
}

function Write-Npy {
    # Writes a mask as .npy, which Python and MedSeg read.
    param([string] $LiteralPath, [int] $Rows, [int] $Columns, [byte[]] $Pixels)

    $header = "{'descr': '|u1', 'fortran_order': False, 'shape': ($Rows, $Columns), }".PadRight(117) + "`n"
    [byte[]] $start = 0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0
    [System.IO.File]::WriteAllBytes($LiteralPath, $start + [System.Text.Encoding]::ASCII.GetBytes($header) + $Pixels)
}

function Get-MovedEdge {
    # Returns a mask with a pixel more at the right or the lower edge, or with one less at the left or the upper edge.
    param([byte[]] $Pixels, [int] $Step, [bool] $IsNarrow)

    [byte[]] $moved = $Pixels.Clone()
    foreach ($at in $Step..($Pixels.Length - 1)) {
        $before = $Pixels[$at - $Step]
        if ($IsNarrow -and $before -eq 0) {
            $moved[$at] = 0
        } elseif (-not $IsNarrow -and $Pixels[$at] -eq 0) {
            $moved[$at] = $before
        }
    }
    , $moved
}

# 1. Scans and the masks of two raters. Here they are drawn; in your study, they are folders that you have.
$demo = New-MedSegDemoDataset -Path "$Path/data" -HeldOutPatients $Patients -Force:$Force
$scans = "$($demo.HeldOutPath)/dicoms"
$anna = "$Path/raters/Anna"
$ben = "$Path/raters/Ben"
$null = New-Item -Path $anna, $ben -ItemType Directory -Force
$number = 0
foreach ($file in Get-ChildItem -LiteralPath "$($demo.HeldOutPath)/labels") {
    Copy-Item -LiteralPath $file.FullName -Destination $anna
    $mask = Read-DemoMask -LiteralPath $file.FullName
    $step = $number % 3 -eq 0 ? 1 : $mask.Columns
    $drawn = Get-MovedEdge -Pixels $mask.Pixels -Step $step -IsNarrow ($number % 3 -eq 2)
    $number++
    Write-Npy -LiteralPath "$((Resolve-Path -LiteralPath $ben).ProviderPath)/$($file.BaseName).npy" -Rows $mask.Rows -Columns $mask.Columns -Pixels $drawn
}

# 2. A model, trained on other patients. Its learning curve is read from the files of the run, so it is whole after a resume as well.
$names = $demo.LabelNames
$import = @{ InputSize = 64; LabelName = $names }
$train = @{ Recipe = 'Best'; Epochs = $Epochs; ValidationFraction = 0.2; ReportInterval = 4; Seed = 1; OutputPath = "$Path/model"; Force = $Force }
$training = Import-MedSegDataset -Path $demo.TrainPath @import
$model = ($training | Start-MedSegTraining @train)[-1].ModelPath
$figures = "$Path/figures"
$null = New-Item -Path $figures -ItemType Directory -Force
Get-MedSegHistory -Path "$Path/model" | Export-MedSegHistory -PlotPath "$figures/learning_curve.png" -Force:$Force
Get-MedSegRun -Path "$Path/model" | Export-MedSegReport "$Path/training.html" -Dataset $training -Force:$Force

# 3. The model is the third rater, and the consensus of the two people is the reference.
$slices = Invoke-MedSegSegmentation -Model $model -Path $scans -OutputPath "$Path/raters/Model" -KeepLargestComponent -Overlay -Force:$Force
$slices | Export-MedSegReport "$Path/segmentation.html" -Force:$Force
$null = New-MedSegConsensusMask $anna $ben -LabelName $names -Method Staple -OutputPath "$Path/consensus" -Force:$Force

# 4. Agreement of the raters, with fat and lean area.
$raters = @{ Path = $anna, $ben, "$Path/raters/Model"; RaterName = 'Anna', 'Ben', 'Model'; ImagePath = $scans; LabelName = $names }
$null = Compare-MedSegMask @raters -FatMethod Mixture -Erosion 1 -EquivalencePercent 5 -Excel "$Path/agreement.xlsx" -Force:$Force
$scores = Compare-MedSegMask @raters -BySlice | Where-Object RaterB -EQ 'Ben'
foreach ($kind in 'BlandAltman', 'Identity', 'Dice') {
    $scores | Export-MedSegAgreementFigure "$figures/$kind.png" -Kind $kind -Force:$Force
}

# 5. What the study measures: area, fat and lean area of each muscle, by side and by level.
$levels = @{ '*_S01' = 'L2'; '*_S02' = 'L2'; '*_S03' = 'L3'; '*_S04' = 'L3'; '*_S05' = 'L4'; '*_S06' = 'L4'; '*_S07' = 'L5'; '*_S08' = 'L5' }
$consensus = Import-MedSegDataset -DicomPath $scans -LabelPath "$Path/consensus" @import
$null = $consensus | Measure-MedSegComposition -FatMethod Mixture -Erosion 1 -Level $levels -FatMapPath "$figures/fat" -Excel "$Path/composition.xlsx" -Force:$Force

# 6. How good the model is.
$null = $consensus | Measure-MedSegModel $model -KeepLargestComponent -Excel "$Path/model.xlsx" -Force:$Force

Get-Item -LiteralPath "$Path/agreement.xlsx", "$Path/composition.xlsx", "$Path/model.xlsx"
