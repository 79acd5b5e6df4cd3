# Compares the recipes by training on drawn patients and scoring on others: five-fold, by patient, on two demo sets. Takes
# about half an hour on two cores; -Folds 1 -Epochs 8 gives a first impression.
param(
    [string] $Path = 'recipes',
    [int] $Epochs = 24,
    [int] $Folds = 5,
    [int[]] $Seed = @(1, 2)
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../out/MedSeg"
}

$variants = [ordered] @{
    'Published'                  = @{ Recipe = 'Published' }
    'Published, quickstart rate' = @{ Recipe = 'Published'; LearningRate = 2e-3; DropoutRate = 0.1 }
    'Best'                       = @{ Recipe = 'Best' }
}
foreach ($set in $Seed) {
    for ($fold = 1; $fold -le $Folds; $fold++) {
        # Drawn patients are independent: a fold is new ones, from a seed of its own.
        $demo = New-MedSegDemoDataset -Path "$Path/set$set-$fold" -Seed ($set * 100 + $fold) -Force
        $train = Import-MedSegDataset -Path $demo.TrainPath -InputSize 64 -LabelName $demo.LabelNames
        $held = Import-MedSegDataset -Path $demo.HeldOutPath -InputSize 64 -LabelName $demo.LabelNames
        foreach ($name in $variants.Keys) {
            $options = $variants[$name]
            $records = $train | Start-MedSegTraining @options -Epochs $Epochs -BaseWidth 8 -ReportInterval $Epochs -ValidationDataset $held -Seed $fold -OutputPath "$Path/models" -ModelName "set$set-$fold" -Force
            [pscustomobject] @{
                Set     = $set
                Fold    = $fold
                Recipe  = $name
                Dice    = [math]::Round($records[-1].ValidationDice, 4)
                Seconds = [math]::Round(($records | Measure-Object -Property Seconds -Sum).Sum, 1)
            }
        }
    }
}
