# Compares the recipes, and each choice of theirs alone, by training on drawn patients and scoring on others. Each fold of
# each set has patients of its own. A run gives an object with the mean held-out Dice, the processor time that training
# took (which other work on the machine changes little), and the most memory that the process held; that is the run's own
# only where it is the first of a process:
#   pwsh examples/Compare-Recipe.ps1 -Variant Best -Folds 1 -Seed 1
# -Epochs are those of Published; Best gets the four fifths that its recipe has, 400 of 500.
# docs/recipes.md has the figures. Threads that wait for each other cost much where the machine has other work; then set the
# environment variable OMP_WAIT_POLICY to passive.
param(
    [string] $Path = 'recipes',
    [int] $Epochs = 24,
    [int] $Folds = 3,
    [int[]] $Seed = @(1, 2),
    [int] $InputSize = 64,
    [int] $BaseWidth = 8,

    # Names, or patterns of names.
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

    # At the published learning rate a few epochs hardly begin: the other choices are weighed at the higher one.
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
        # Drawn patients are independent: a fold is new ones, from a seed of its own.
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
