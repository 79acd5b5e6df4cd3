#requires -Version 7.4 -Modules MedSeg
<#
.SYNOPSIS
    Runs a five-fold cross-validation and writes the scores as two CSV tables.
.DESCRIPTION
    Trains a model for each fold, without the patients of that fold, and scores it on them. Two tables are written to the
    output folder, alongside the models:

      rois.csv   mean Dice and standard deviation over the folds for each ROI: the line for a paper
      folds.csv  Dice of each ROI in each fold: the data for a box plot

    After a stop, run the same line again: it resumes with the missing folds.
.PARAMETER Path
    The folder that contains the folders dicoms and labels.
.PARAMETER OutputPath
    The folder of the models and the tables.
.PARAMETER Folds
    The number of folds.
.PARAMETER ImportOption
    Additional parameters for Import-MedSegDataset.
.PARAMETER TrainingOption
    Additional parameters for Invoke-MedSegCrossValidation.
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
