#requires -Version 7.4 -Modules MedSeg
<#
.SYNOPSIS
    Segments several studies, each in a folder of its own, and gives the areas of all in one table.
.DESCRIPTION
    Each folder within -Path is a study. Its masks, pictures and areas.csv go into a folder of its name in -OutputPath. A study
    that has its areas.csv is passed over, so that the script can be started again whenever new studies have come; a study
    that fails is an error that names it, and the others go on.
.PARAMETER Path
    The folder of the studies.
.PARAMETER Model
    The model (.safetensors or .onnx).
.PARAMETER OutputPath
    The folder of the results.
.OUTPUTS
    An object for each ROI of each series that was segmented: Study, Series, Roi, Slices, MeanAreaMm2, VolumeMm3.
.EXAMPLE
    ./Measure-Study.ps1 -Path ./studies -Model ./trained_models/medseg.safetensors -OutputPath ./results | Export-Csv -Path all.csv

    Segments what is new in studies, and writes its means and volumes to all.csv.
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
        # Masks without a table are those of a start that was stopped: -Force makes them anew.
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
