#requires -Version 7.4 -Modules MedSeg
<#
.SYNOPSIS
    Segments several studies, one per folder, and returns the areas of all in one table.
.DESCRIPTION
    Each subfolder of -Path is a study. Its masks, pictures and areas.csv are written to a folder of the same name in
    -OutputPath. A study that already has an areas.csv is skipped, so you can run the script again when new studies arrive. A
    study that fails is an error that names it, and the script continues with the others.
.PARAMETER Path
    The folder that contains the studies.
.PARAMETER Model
    The model (.safetensors or .onnx).
.PARAMETER OutputPath
    The folder to write the results to.
.OUTPUTS
    One object for each ROI of each segmented series: Study, Series, Roi, Slices, MeanAreaMm2, VolumeMm3.
.EXAMPLE
    ./Measure-Study.ps1 -Path ./studies -Model ./trained_models/medseg.safetensors -OutputPath ./results | Export-Csv -Path all.csv

    Segments the new studies, and writes their mean areas and volumes to all.csv.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $Model,

    [Parameter(Mandatory)]
    [string] $OutputPath
)

Get-ChildItem -Path $Path -Directory -ErrorAction Stop | Sort-Object Name | ForEach-Object {
    $study = $_.Name
    $results = Join-Path -Path $OutputPath -ChildPath $study
    $table = Join-Path -Path $results -ChildPath 'areas.csv'
    if (Test-Path -LiteralPath $table) {
        Write-Verbose -Message "$study is done: $table"
        return
    }

    try {
        # Masks without a table are left from a run that was stopped: -Force overwrites them.
        Invoke-MedSegSegmentation -LiteralPath $_.FullName -Recurse -Model $Model -OutputPath $results -Overlay -Force -ErrorAction Stop |
            Measure-MedSegArea -CsvPath $table -ErrorAction Stop |
            ForEach-Object {
                [pscustomobject] @{
                    Study       = $study
                    Series      = $_.Series
                    Roi         = $_.Name
                    Slices      = $_.SlicesWithRoi
                    MeanAreaMm2 = $_.MeanArea
                    VolumeMm3   = $_.Volume
                }
            }
    }
    catch {
        Write-Error -Message "${study}: $_" -TargetObject $_.TargetObject
    }
}
