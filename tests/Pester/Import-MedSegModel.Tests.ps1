# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $seed = Join-Path -Path $PSScriptRoot -ChildPath '../MedSeg.Engine.Tests/Golden/seed_checkpoint/open_MR_autoseg_model_2.pt'
}

Describe 'Import-MedSegModel' {
    It 'makes a model of a .pt file' {
        $info = Import-MedSegModel -Path $seed -OutputPath TestDrive:/a.safetensors -Normalization Percentile

        $info.Path | Should -Exist
        $info.LabelNames | Should -Be 'ROI 1', 'ROI 2'
        $info.Normalization | Should -Be 'Percentile'
    }

    It 'refuses names that are not as many as the ROIs, and writes nothing' {
        { Import-MedSegModel -Path $seed -OutputPath TestDrive:/b.safetensors -LabelName 'One' } | Should -Throw -ErrorId 'LabelCountMismatch,*'

        'TestDrive:/b.safetensors' | Should -Not -Exist
    }

    It 'makes a model that training begins with' {
        $null = Import-MedSegModel -Path $seed -OutputPath TestDrive:/c.safetensors
        $training = @{ InitialModel = 'TestDrive:/c.safetensors'; Epochs = 1; OutputPath = 'TestDrive:/models'; Device = 'Cpu' }

        $record = Import-TestDataset | Start-MedSegTraining @training -WarningAction SilentlyContinue

        $record.ModelPath | Should -Exist
    }
}
