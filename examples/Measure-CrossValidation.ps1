#requires -Version 7.4 -Modules MedSeg
<#
.SYNOPSIS
    Cross-validates in five folds, and writes the scores as two tables.
.DESCRIPTION
    Trains a model for each fold, without the patients of that fold, and scores it on them. What is written into the output
    folder beside the models:

      rois.csv   each ROI's mean Dice and its standard deviation over the folds: the line for a paper
      folds.csv  each ROI's Dice in each fold: what a box plot is drawn from

    The same line goes on after a stop, with the folds that are missing.
.PARAMETER Path
    The folder that holds the folders dicoms and labels.
.PARAMETER OutputPath
    The folder of the models and the tables.
.PARAMETER Folds
    The number of folds.
.PARAMETER ImportOption
    Further parameters of Import-MedSegDataset.
.PARAMETER TrainingOption
    Further parameters of Invoke-MedSegCrossValidation.
.OUTPUTS
    MedSeg.CrossValidationResult
.EXAMPLE
    ./Measure-CrossValidation.ps1 -Path ./data/train -OutputPath ./cv

    Trains five models with the recipe Best.
.EXAMPLE
    ./Measure-CrossValidation.ps1 -Path ./data/train -OutputPath ./cv -Folds 3 -TrainingOption @{ Epochs = 100; Seed = 2 }

    Trains three models with the published settings, for 100 epochs each.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Path,

    [Parameter(Mandatory)]
    [string] $OutputPath,

    [ValidateRange(2, 100)]
    [int] $Folds = 5,

    [hashtable] $ImportOption = @{},

    [hashtable] $TrainingOption = @{ Recipe = 'Best' }
)

$ErrorActionPreference = 'Stop'
$result = Import-MedSegDataset -Path $Path @ImportOption |
    Invoke-MedSegCrossValidation -OutputPath $OutputPath -Folds $Folds -Resume @TrainingOption

$result.Rois |
    Select-Object Name, Dice, Deviation, Folds |
    Export-Csv -Path (Join-Path -Path $OutputPath -ChildPath 'rois.csv')

$result.Folds | ForEach-Object {
    $fold = $_.Fold
    $_.Rois | ForEach-Object {
        [pscustomobject] @{
            Fold   = $fold
            Name   = $_.Name
            Dice   = $_.Dice
            Slices = $_.Slices
        }
    }
} | Export-Csv -Path (Join-Path -Path $OutputPath -ChildPath 'folds.csv')

$result
