# Trains with several sets of options for the same CPU time, and writes the held-out Dice of each as a table:
#   dotnet run --project MedSeg.PowerShell -- benchmarks/Compare-Recipes.ps1 -Budget 60
# Two sets are drawn patients: 60 slices of 20 patients, or 10 slices of 10; 15 slices of 5 patients are held out. The third is the
# head that head_mr.py makes: give its folder as -HeadPath. Run it with OMP_NUM_THREADS=1 and OMP_WAIT_POLICY=passive, so that the CPU
# time is that of one thread. The best held-out Dice in that time counts, as with early stopping. With -Epochs, each set of options trains
# for so many epochs instead, however long that takes, and the best held-out Dice of all epochs counts.
param(
    [string[]] $Case = @('Pyramid', 'PyramidNorm', 'UNet'),
    [string[]] $Set = @('60 slices', '10 slices'),
    [int[]] $Seed = @(0, 1, 2),
    [double] $Budget = 60,
    [int] $Epochs,
    [int] $InputSize = 64,
    [string] $HeadPath,
    [string] $Path = "$([IO.Path]::GetTempPath())/medseg-recipes"
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$cases = @{
    'Published'              = @{ BaseWidth = 8 }
    'Pyramid'                = @{ Recipe = 'Best'; Architecture = 'Pyramid'; BaseWidth = 8 }
    'PyramidNorm'            = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8 }
    'PyramidNorm, 4e-3'      = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; LearningRate = 4e-3 }
    'PyramidNorm, of 2'      = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; BatchSize = 2 }
    'PyramidNorm, z-score'   = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; Normalization = 'ZScore' }
    'PyramidNorm, intensity' = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; GammaRange = 0.3; ContrastRange = 0.25; NoiseDeviation = 0.1 }
    'PyramidNorm, crop 0.5'  = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; CropMinimum = 0.5; CropMaximum = 1 }
    'PyramidNorm, of slices' = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; Loss = 'DiceCrossEntropy' }
    'PyramidNorm, of batch'  = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; Loss = 'BatchDiceCrossEntropy' }
    'PyramidNorm, elastic'   = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; ElasticShift = 0.05 }
    'PyramidNorm, dropout'   = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; DropoutRate = 0.2 }
    'PyramidNorm, bfloat16'  = @{ Recipe = 'Best'; Architecture = 'PyramidNorm'; BaseWidth = 8; Precision = 'BFloat16' }
    'UNet'                   = @{ Recipe = 'Best'; Architecture = 'UNet' }
    'UNet, bfloat16'         = @{ Recipe = 'Best'; Architecture = 'UNet'; Precision = 'BFloat16' }
    'UNet, 4e-3'             = @{ Recipe = 'Best'; Architecture = 'UNet'; LearningRate = 4e-3 }
    'UNet, of 2'             = @{ Recipe = 'Best'; Architecture = 'UNet'; BatchSize = 2 }
    'UNet, of 2, 1e-3'       = @{ Recipe = 'Best'; Architecture = 'UNet'; BatchSize = 2; LearningRate = 1e-3 }
    'UNet, Dice'             = @{ Recipe = 'Best'; Architecture = 'UNet'; Loss = 'Dice' }
}
$sets = @{ '60 slices' = @{ Patients = 20; SlicesPerPatient = 3 }; '10 slices' = @{ Patients = 10; SlicesPerPatient = 1 } }

function Measure-Case([hashtable] $Options, $Train, $HeldOut, [int] $Seed, [string] $OutputPath) {
    $process = Get-Process -Id $PID
    $begun = $process.TotalProcessorTime.TotalSeconds
    $validated = [System.Collections.Generic.List[object]]::new()
    try {
        # The patients of the drawn sets have the same IDs, which the warning is about, but are not the same.
        $Train | Start-MedSegTraining @Options -Seed $Seed -Epochs ($Epochs ? $Epochs : 100000) -ReportInterval 5 -ValidationDataset $HeldOut -OutputPath $OutputPath -Device Cpu -Force -WarningAction SilentlyContinue |
            ForEach-Object {
                if ($null -ne $_.ValidationDice) { $validated.Add($_) }
                $process.Refresh()
                if (-not $Epochs -and $process.TotalProcessorTime.TotalSeconds - $begun -gt $Budget) { throw 'Budget' }
            }
    }
    catch {
        if ("$_" -ne 'Budget') { throw }
    }

    [pscustomobject] @{ Best = ($validated.ValidationDice | Measure-Object -Maximum).Maximum; Epochs = $validated[-1].Epoch }
}

function Import-Set([string] $Name, [string] $Normalization) {
    $options = @{ InputSize = $InputSize; Normalization = $Normalization }
    if ($Name -eq 'head') {
        return (Import-MedSegDataset -Path "$HeadPath/train" @options), (Import-MedSegDataset -Path "$HeadPath/heldout" @options)
    }

    $data = "$Path/data $Name"
    if (-not (Test-Path -Path $data)) {
        $drawn = $sets[$Name]
        $null = New-MedSegDemoDataset -Path $data @drawn -HeldOutPatients 1
        $null = New-MedSegDemoDataset -Path "$data held out" -Patients 5 -SlicesPerPatient 3 -HeldOutPatients 1 -Seed 1000
    }

    (Import-MedSegDataset -Path "$data/train" @options), (Import-MedSegDataset -Path "$data held out/train" @options)
}

foreach ($name in $Set) {
    foreach ($one in $Case) {
        $options = $cases[$one].Clone()
        $train, $heldOut = Import-Set -Name $name -Normalization ($options.Normalization ?? 'MinMax')
        $options.Remove('Normalization')
        $found = foreach ($number in $Seed) {
            Measure-Case -Options $options -Train $train -HeldOut $heldOut -Seed $number -OutputPath "$Path/$name $one $number"
        }

        $dice = $found.Best | Measure-Object -Average -Minimum -Maximum
        [pscustomobject] @{
            Set     = $name
            Case    = $one
            Mean    = [Math]::Round($dice.Average, 4)
            Lowest  = [Math]::Round($dice.Minimum, 4)
            Highest = [Math]::Round($dice.Maximum, 4)
            Epochs  = ($found.Epochs | Measure-Object -Average).Average
        }
    }
}
