#requires -Version 7.4

function Invoke-NightlyTraining {
    <#
    .SYNOPSIS
        Trains on a data set overnight and reports in the morning whether the model is good enough.
    .DESCRIPTION
        Imports the data set, stops if a mask has a problem, trains into a folder named for the day, and writes the history
        next to the model. Meant for a scheduled task: it never prompts, and returns one object.
    .PARAMETER Path
        The folder that contains the folders dicoms and labels.
    .PARAMETER OutputPath
        The folder in which the folder for the day is created.
    .PARAMETER ImportOption
        Additional parameters for Import-MedSegDataset.
    .PARAMETER TrainingOption
        Additional parameters for Start-MedSegTraining.
    .PARAMETER MinimumDice
        The mean Dice score on held-out patients that a model must reach to be good enough.
    .EXAMPLE
        Invoke-NightlyTraining -Path ./data/train -OutputPath ./models -TrainingOption @{ Epochs = 300 }

        Trains for 300 epochs into a folder such as ./models/2026-01-31.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType('NightlyTraining.Summary')]
    param(
        [Parameter(Mandatory)]
        [string] $Path,

        [Parameter(Mandatory)]
        [string] $OutputPath,

        [hashtable] $ImportOption = @{},

        [hashtable] $TrainingOption = @{},

        [ValidateRange(0.0, 1.0)]
        [double] $MinimumDice = 0.8
    )

    $dataset = Import-MedSegDataset -Path $Path @ImportOption -ErrorAction SilentlyContinue -ErrorVariable importErrors
    if (-not $dataset) {
        throw "Nothing was imported from ${Path}: $importErrors"
    }

    $refused = @($dataset | Test-MedSegLabels | Where-Object { -not $_.IsValid })
    if ($refused.Count -gt 0) {
        throw "$($refused.Count) samples have problems, nothing was trained: $($refused.Name -join ', ')"
    }

    $folder = Join-Path -Path $OutputPath -ChildPath (Get-Date -Format 'yyyy-MM-dd')
    if (-not $PSCmdlet.ShouldProcess($folder, 'Train')) {
        return
    }

    $training = $TrainingOption.Clone()
    $training['ValidationFraction'] ??= 0.2
    $history = @{
        Path     = Join-Path -Path $folder -ChildPath 'history.csv'
        PlotPath = Join-Path -Path $folder -ChildPath 'history.png'
        PassThru = $true
    }
    $last = $dataset | Start-MedSegTraining -OutputPath $folder @training | Export-MedSegHistory @history | Select-Object -Last 1

    [pscustomobject] @{
        PSTypeName   = 'NightlyTraining.Summary'
        ModelPath    = $last.ModelPath
        HistoryPath  = $history.Path
        Epochs       = $last.Epoch
        Dice         = $last.ValidationDice
        IsGoodEnough = $last.ValidationDice -ge $MinimumDice
    }
}

Export-ModuleMember -Function Invoke-NightlyTraining
