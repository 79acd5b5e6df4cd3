# Compares the recipes, and each of their options alone, by training on drawn patients and scoring on others. Each fold of
# each set has its own patients. A run returns an object with the mean held-out Dice, the CPU time of the training (which
# other work on the machine hardly changes), and the peak memory of the process, which is the run's own only if it is the
# first in the process:
#   pwsh examples/Compare-Recipe.ps1 -Variant Best -Folds 1 -Seed 1
# -Epochs applies to Published; Best gets four fifths of it, as in its recipe (400 of 500).
# docs/recipes.md has the results. On a machine with other work, threads that wait for each other are slow: set the
# environment variable OMP_WAIT_POLICY to passive.
param(
    [string] $Path = 'recipes',
    [int] $Epochs = 24,
    [int] $Folds = 3,
    [int[]] $Seed = @(1, 2),
    [int] $InputSize = 64,
    [int] $BaseWidth = 8,

    # Names of variants; wildcards are allowed.
    [string[]] $Variant = '*'
)

$ErrorActionPreference = 'Stop'
if (-not (Get-Command -Name Start-MedSegTraining -ErrorAction Ignore)) {
    Import-Module -Name "$PSScriptRoot/../out/MedSeg"
}

$fewer = [math]::Max(1, [math]::Floor($Epochs * 0.8))
$fast = @{ LearningRate = 2e-3 }
$crop = @{ CropMinimum = 0.7; CropMaximum = 1 }
$variants = [ordered] @{
    'Published'            = @{}
    'Best'                 = @{ Recipe = 'Best'; Epochs = $fewer }
    'Best, as many epochs' = @{ Recipe = 'Best' }

    # At the published learning rate a few epochs show little, so the other options are compared at the higher one.
    'Rate 0.002'           = $fast
    '+ dropout 0.1'        = $fast + @{ DropoutRate = 0.1 }
    '+ dropout 0'          = $fast + @{ DropoutRate = 0 }
    '+ batch Dice'         = $fast + @{ Loss = 'BatchDice' }
    '+ cross-entropy'      = $fast + @{ Loss = 'DiceCrossEntropy' }
    '+ both'               = $fast + @{ Loss = 'BatchDiceCrossEntropy' }
    '+ cosine, warm-up'    = $fast + @{ Schedule = 'Cosine'; WarmupEpochs = 2 }
    '+ polynomial'         = $fast + @{ Schedule = 'Polynomial' }
    '+ clip 1'             = $fast + @{ GradientClip = 1 }
    '+ averaging 0.99'     = $fast + @{ WeightAveraging = 0.99 }
    '+ crop 0.7 to 1'      = $fast + $crop
    '+ no augmentation'    = $fast + @{ AugmentationProbability = 0 }
    '+ gamma 0.3'          = $fast + @{ GammaRange = 0.3 }
    '+ contrast 0.25'      = $fast + @{ ContrastRange = 0.25 }
    '+ noise 0.1'          = $fast + @{ NoiseDeviation = 0.1 }
    '+ blur 1'             = $fast + @{ BlurSigma = 1 }
    '+ low resolution 2'   = $fast + @{ LowResolutionFactor = 2 }
    '+ elastic 0.05'       = $fast + @{ ElasticShift = 0.05 }
    '+ balanced'           = $fast + @{ BalancedSampling = $true }
    'First Best'           = @{ Recipe = 'Best'; DropoutRate = 0.1; Schedule = 'Cosine'; GammaRange = 0.3; ContrastRange = 0.25; NoiseDeviation = 0.1 }
}
$chosen = foreach ($name in $variants.Keys) { if (@($Variant | Where-Object { $name -like $_ })) { $name } }
$process = [Diagnostics.Process]::GetCurrentProcess()
foreach ($set in $Seed) {
    for ($fold = 1; $fold -le $Folds; $fold++) {
        # Drawn patients are independent: each fold draws new ones from its own seed.
        $demo = New-MedSegDemoDataset -Path "$Path/set$set-$fold" -Seed ($set * 100 + $fold) -Force
        $train = Import-MedSegDataset -Path $demo.TrainPath -InputSize $InputSize -LabelName $demo.LabelNames
        $held = Import-MedSegDataset -Path $demo.HeldOutPath -InputSize $InputSize -LabelName $demo.LabelNames
        foreach ($name in $chosen) {
            $options = $variants[$name].Clone()
            $options['Epochs'] ??= $Epochs
            $process.Refresh()
            $before = $process.TotalProcessorTime
            $last = $train | Start-MedSegTraining @options -BaseWidth $BaseWidth -ReportInterval $Epochs -ValidationDataset $held -Seed $fold -OutputPath "$Path/models" -ModelName "set$set-$fold" -Device Cpu -Force | Select-Object -Last 1
            $process.Refresh()
            [pscustomobject] @{
                Set     = $set
                Fold    = $fold
                Variant = $name
                Epochs  = $options.Epochs
                Dice    = [math]::Round($last.ValidationDice, 4)
                Seconds = [math]::Round(($process.TotalProcessorTime - $before).TotalSeconds, 1)
                Memory  = [math]::Round($last.PeakMemory / 1MB)
            }
        }
    }
}
