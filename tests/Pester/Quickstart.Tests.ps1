# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $script = Join-Path -Path $PSScriptRoot -ChildPath '../../examples/Quickstart.ps1'
    $folder = Join-Path -Path $TestDrive -ChildPath 'quickstart'

    # A new process without MedSeg, so the script must import it. One epoch is not enough for the check in the script.
    $output = Invoke-NewPwsh -File $script -Path $folder -Epochs 1 2>&1 | Out-String
}

Describe 'Quickstart.ps1, in a new pwsh' {
    It 'trains and shows the epoch and the ROIs' {
        $output | Should -Match 'Labels checked: 80 samples of 10 patients'
        $output | Should -Match '(?m)^\s+1\s+\d\.\d{4}\s+0\.\d{4}\s+0\.\d{4}\s'
        $output | Should -Match '(?m)^Left psoas\s+[01]\.\d{3}\s'
    }

    It 'leaves <_>' -ForEach 'preview.png', 'history.csv', 'history.png', 'trained_models/medseg.safetensors', 'masks/P11_S01.png', 'masks/overlays/P11_S01.png', 'areas.csv' {
        Join-Path -Path $folder -ChildPath $_ | Should -Exist
    }

    It 'says that a model of one epoch is not good' {
        $output | Should -Match 'held-out Dice is below 0\.8'
    }
}
