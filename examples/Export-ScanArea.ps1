#requires -Version 7.4 -Modules MedSeg
<#
.SYNOPSIS
    Segments a folder of scans and writes a CSV table with the area of each ROI in each slice.
.DESCRIPTION
    The table has a line for each slice, and a column for each ROI with its area in square millimetres, ready for a statistics program. The
    column LookAt says what a person should check before using the numbers: an ROI that touches the border, a slice without
    any ROI, an image unlike the training images. A file that cannot be read is an error, and the script continues with the
    others.
.PARAMETER Path
    The scans: files, or folders, which are searched with their subfolders.
.PARAMETER Model
    The model (.safetensors or .onnx).
.PARAMETER OutputPath
    The folder to write to: the table areas.csv, and the masks and pictures in masks.
.PARAMETER Force
    Overwrites the results of an earlier run.
.OUTPUTS
    MedSeg.AreaSummary: the mean area and the volume of each ROI in each series.
.EXAMPLE
    ./Export-ScanArea.ps1 -Path ./scans -Model ./trained_models/medseg.safetensors -OutputPath ./results

    Writes results/areas.csv, and the masks to results/masks.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string[]] $Path,

    [Parameter(Mandatory)]
    [string] $Model,

    [Parameter(Mandatory)]
    [string] $OutputPath,

    [switch] $Force
)

$ErrorActionPreference = 'Stop'
$table = Join-Path -Path $OutputPath -ChildPath 'areas.csv'
if ((Test-Path -LiteralPath $table) -and -not $Force) {
    throw "There is $table already; -Force replaces it."
}

$segmentation = @{
    Path                 = $Path
    Model                = $Model
    OutputPath           = Join-Path -Path $OutputPath -ChildPath 'masks'
    Recurse              = $true
    Overlay              = $true
    KeepLargestComponent = $true
    Force                = $Force
    ErrorAction          = 'Continue'
}
$slices = @(Invoke-MedSegSegmentation @segmentation)
if ($slices.Count -eq 0) {
    throw "Nothing could be segmented in $($Path -join ', ')."
}

$slices | ForEach-Object {
    $line = [ordered] @{
        Series     = $_.Series
        Slice      = $_.Name
        LocationMm = $_.Location
        LookAt     = $_.Flags
    }
    $_.Rois | ForEach-Object { $line["$($_.Name) mm2"] = $_.Area }
    [pscustomobject] $line
} | Export-Csv -Path $table

$slices | Measure-MedSegArea
