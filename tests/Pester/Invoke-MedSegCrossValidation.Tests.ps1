# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $command = 'MedSeg.PowerShell.Cmdlets.InvokeMedSegCrossValidationCommand'
    $dataset = Import-TestDataset -Patients 3
    $small = @{ Epochs = 2; BaseWidth = 2; BatchSize = 2; Device = 'Cpu'; Folds = 3 }
    $result = $dataset | Invoke-MedSegCrossValidation -OutputPath TestDrive:/cv -ModelName spine @small
}

Describe 'Invoke-MedSegCrossValidation' {
    It 'gives the model, the epoch and the Dice of each fold' {
        $result | Should -BeOfType MedSeg.CrossValidationResult
        $result.Folds.Fold | Should -Be 1, 2, 3
        $result.Folds.Epoch | Should -Be 2, 2, 2
        $result.Folds.ModelPath | Should -Exist
        $result.Folds[0].ModelPath | Should -Be (Join-Path -Path $TestDrive -ChildPath 'cv/spine-fold1.safetensors')
        ($result.Folds | Measure-Object -Property ValidationSlices -Sum).Sum | Should -Be $dataset.Count
    }

    It 'gives the mean and the deviation of each ROI over the folds' {
        $result.Rois.Name | Should -Be $dataset.LabelNames
        foreach ($roi in 0..($dataset.LabelNames.Count - 1)) {
            $scores = foreach ($fold in $result.Folds) { $fold.Rois[$roi].Dice }
            $expected = $scores | Measure-Object -Average -StandardDeviation
            [math]::Abs($result.Rois[$roi].Dice - $expected.Average) | Should -BeLessThan 1e-9
            [math]::Abs($result.Rois[$roi].Deviation - $expected.StandardDeviation) | Should -BeLessThan 1e-9
        }
    }

    It 'shows tables of the result, its ROIs and its folds, and a list' {
        $result | Get-TableText | Should -Match 'Model\s+Folds\s+Dice\s+SD\s+ROIs\s+-+[\s-]+spine\s+3\s+[01]\.\d{3}\s'
        $result.Rois | Get-TableText | Should -Match 'ROI\s+Dice\s+SD\s+Folds\s'
        $result.Folds | Get-TableText | Should -Match 'Fold\s+Dice\s+Epoch\s+Slices\s+ModelPath\s'
        ($result | Format-List | Out-String -Width 200) -replace '\x1b\[[0-9;]*m' | Should -Match '(?s)Rois\s+: .+ \xB1 .+Folds\s+: 1: [01]\.\d{3} after 2 epochs, '
    }

    It 'refuses models that are there, goes on with -Resume and replaces them with -Force' {
        $folder = @{ OutputPath = 'TestDrive:/again' }
        $first = $dataset | Invoke-MedSegCrossValidation @folder @small
        Remove-Item -Path TestDrive:/again/medseg-fold3*

        { $dataset | Invoke-MedSegCrossValidation @folder @small } | Should -Throw -ErrorId "ModelExists,$command"
        'TestDrive:/again/medseg-fold3.safetensors' | Should -Not -Exist
        ($dataset | Invoke-MedSegCrossValidation @folder @small -Resume).Dice | Should -Be $first.Dice
        ($dataset | Invoke-MedSegCrossValidation @folder @small -Force).Dice | Should -Be $first.Dice
    }

    It 'ends before it begins where there are fewer patients than folds' {
        { $dataset | Invoke-MedSegCrossValidation -OutputPath TestDrive:/refused -Epochs 1 } | Should -Throw -ErrorId "TooFewPatients,$command"

        'TestDrive:/refused' | Should -Not -Exist
    }

    It 'writes nothing with -WhatIf' {
        $dataset | Invoke-MedSegCrossValidation -OutputPath TestDrive:/never @small -WhatIf | Should -BeNullOrEmpty

        'TestDrive:/never' | Should -Not -Exist
    }

    It 'has every parameter of Start-MedSegTraining but those that say what is held out, and those of MPI' {
        $shared = (Get-Command Start-MedSegTraining).Parameters.Keys | Where-Object { $_ -notin 'ValidationFraction', 'Fold', 'ValidationDataset', 'Distributed', 'MpiLibrary', 'MpiTimeout' }
        $queue = 'Scheduler', 'Throttle', 'Collect', 'Wait', 'DatasetScript', 'Partition', 'Account', 'Time', 'Memory', 'Gpus', 'Cpus', 'SchedulerOption'

        (Get-Command Invoke-MedSegCrossValidation).Parameters.Keys | Sort-Object | Should -Be ($shared + $queue | Sort-Object)
    }
}
