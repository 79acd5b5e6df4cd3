# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $command = 'MedSeg.PowerShell.Cmdlets.StartMedSegTrainingCommand'
    $dataset = Import-TestDataset
    $small = @{ Epochs = 2; BaseWidth = 2; BatchSize = 2; Device = 'Cpu' }
    $records = $dataset | Start-MedSegTraining -OutputPath TestDrive:/trained -ValidationFraction 0.5 @small
}

Describe 'Start-MedSegTraining' {
    It 'gives a record an epoch' {
        $records | Should -BeOfType MedSeg.EpochRecord
        $records.Epoch | Should -Be 1, 2
        $records.Loss | Should -BeGreaterThan 0
        $records.Loss | Should -BeLessOrEqual 2
    }

    It 'writes the model and tells where' {
        $records[-1].ModelPath | Should -Be (Join-Path -Path $TestDrive -ChildPath 'trained/medseg.safetensors')
        $records[-1].ModelPath | Should -Exist
    }

    It 'validates on the held-out patients, ROI by ROI' {
        $records[-1].ValidationDice | Should -BeGreaterOrEqual 0
        $records[-1].ValidationDiceByRoi.Name | Should -Be $dataset.LabelNames
        $records[-1].ValidationDiceByRoi | Get-TableText | Should -Match 'ROI\s+Dice\s+Slices\s'
    }

    It 'shows a table of the epochs' {
        $table = $records | Get-TableText

        $table | Should -Match 'Epoch\s+Loss\s+Dice\s+Validation Dice\s+Slices/s\s+Seconds'
        $table | Should -Match '(?m)^\s+1\s+[01]\.\d{4}\s'
    }

    It 'trains the same model for the same seed' {
        $losses = foreach ($name in 'same', 'equal') {
            , ($dataset | Start-MedSegTraining -OutputPath "TestDrive:/$name" -Seed 5 @small).Loss
        }

        $losses[1] | Should -Be $losses[0]
    }

    It 'refuses to train over a model, resumes it with -Resume and replaces it with -Force' {
        $folder = @{ OutputPath = 'TestDrive:/resumed'; ModelName = 'spine' }
        $null = $dataset | Start-MedSegTraining @folder @small
        $longer = $small.Clone()
        $longer.Epochs = 3

        { $dataset | Start-MedSegTraining @folder @small } | Should -Throw -ErrorId "ModelExists,$command"
        ($dataset | Start-MedSegTraining @folder @longer -Resume).Epoch | Should -Be 3
        ($dataset | Start-MedSegTraining @folder @small -Force).Epoch | Should -Be 1, 2
    }

    It 'leaves a checkpoint where the pipeline ends early' {
        $first = $dataset | Start-MedSegTraining -OutputPath TestDrive:/early @small | Select-Object -First 1

        $first.Epoch | Should -Be 1
        'TestDrive:/early/medseg.checkpoint.safetensors' | Should -Exist
        'TestDrive:/early/medseg.safetensors' | Should -Not -Exist
    }

    It 'writes nothing with -WhatIf' {
        $dataset | Start-MedSegTraining -OutputPath TestDrive:/never @small -WhatIf | Should -BeNullOrEmpty

        'TestDrive:/never' | Should -Not -Exist
    }

    It 'takes relative paths from the location' {
        Push-Location -LiteralPath TestDrive:/
        try {
            $last = $dataset | Start-MedSegTraining -OutputPath relative @small | Select-Object -Last 1
        } finally {
            Pop-Location
        }

        $last.ModelPath | Should -Be (Join-Path -Path $TestDrive -ChildPath 'relative/medseg.safetensors')
    }

    It 'ends with <Id> before it begins where <Reason>' -ForEach @(
        @{ Id = 'CudaNotAvailable'; Reason = 'there is no such card'; Parameters = @{ Device = 'Cuda:15' } }
        @{ Id = 'ParameterArgumentValidationError'; Reason = 'there are no epochs'; Parameters = @{ Epochs = 0 } }
        @{ Id = 'ParameterArgumentValidationError'; Reason = 'the name holds a path'; Parameters = @{ ModelName = '../spine' } }
        @{ Id = 'ParameterArgumentValidationError'; Reason = 'the probability is above 1'; Parameters = @{ AugmentationProbability = 1.5 } }
    ) {
        { $dataset | Start-MedSegTraining -OutputPath TestDrive:/refused @Parameters } | Should -Throw -ErrorId "$Id,$command"

        'TestDrive:/refused' | Should -Not -Exist
    }

    It 'validates on a data set of its own' {
        $demo = New-MedSegDemoDataset -Path TestDrive:/own -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 2
        $heldOut = Import-MedSegDataset -Path $demo.HeldOutPath -InputSize 32 -LabelName $dataset.LabelNames

        $record = $dataset | Start-MedSegTraining -ValidationDataset $heldOut -Epochs 1 -BaseWidth 2 -Device Cpu -OutputPath TestDrive:/heldout

        $record.ValidationDiceByRoi.Name | Should -Be $dataset.LabelNames
    }

    It 'does not hold out the only patient' {
        $one = Import-TestDataset -Patients 1

        { $one | Start-MedSegTraining -OutputPath TestDrive:/one -ValidationFraction 0.5 @small } | Should -Throw -ErrorId "OnePatientOnly,$command"
    }

    It 'refuses what is no data set' {
        { 'data/train' | Start-MedSegTraining -OutputPath TestDrive:/refused -ErrorAction Stop } | Should -Throw -ErrorId "InputObjectNotBound,$command"
    }
}
