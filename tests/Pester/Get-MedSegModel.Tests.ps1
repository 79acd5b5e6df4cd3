# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $seed = Join-Path -Path $PSScriptRoot -ChildPath '../MedSeg.Engine.Tests/Golden/seed_checkpoint/open_MR_autoseg_model_2.pt'
    Import-MedSegModel -Path $seed -OutputPath TestDrive:/model.safetensors -LabelName 'Left psoas', 'Right psoas'
}

Describe 'Get-MedSegModel' {
    It 'describes files of Get-ChildItem' {
        $infos = Get-ChildItem -LiteralPath TestDrive:/ -File | Get-MedSegModel

        $infos | Should -BeOfType MedSeg.ModelInfo
        $infos.Kind | Should -Be 'Model'
        $infos.LabelNames | Should -Be 'Left psoas', 'Right psoas'
    }

    It 'describes a .pt file' {
        $info = Get-MedSegModel -Path $seed

        $info.Kind | Should -Be 'PyTorch'
        $info.Epoch, $info.RoiCount, $info.InputSize | Should -Be 2, 2, 32
    }

    It 'shows a table' {
        Get-MedSegModel -Path TestDrive:/model.safetensors | Get-TableText |
            Should -Match 'File\s+Kind\s+Epoch\s+Size\s+Validation Dice\s+ROIs'
    }

    It 'loads no torch' {
        $model = (Get-Item -LiteralPath TestDrive:/model.safetensors).FullName
        $module = (Get-Module -Name MedSeg).Path
        $script = "Import-Module '$module'; `$null = Get-MedSegModel -LiteralPath '$model', '$seed'; (Get-Process -Id `$PID).Modules.ModuleName -match 'torch'"

        Invoke-NewPwsh -Command $script | Should -BeNullOrEmpty
    }
}
