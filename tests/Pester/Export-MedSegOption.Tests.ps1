# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $dataset = Import-TestDataset
    $options = @{ Epochs = 2; BaseWidth = 2; LearningRate = 0.003; Seed = 5; BalancedSampling = $true; Device = 'Cpu' }
    $trained = $dataset | Start-MedSegTraining @options -OutputPath TestDrive:/first
    $model = 'TestDrive:/first/medseg.safetensors'
}

Describe 'Export-MedSegOption' {
    It 'writes a data file that PowerShell reads' {
        Export-MedSegOption -Path $model -OutputPath TestDrive:/options.psd1

        $read = Import-PowerShellDataFile -LiteralPath TestDrive:/options.psd1
        $read.Epochs, $read.LearningRate, $read.Seed, $read.BalancedSampling | Should -Be 2, 0.003, 5, $true
    }

    It 'writes JSON that PowerShell reads' {
        Get-MedSegModel -Path $model | Export-MedSegOption -OutputPath TestDrive:/options.json

        (Get-Content -LiteralPath TestDrive:/options.json -Raw | ConvertFrom-Json).Loss | Should -Be 'Dice'
    }

    It 'lets the same training be done again from <_>' -ForEach 'options.psd1', 'options.json' {
        $again = $dataset | Start-MedSegTraining -OptionsPath "TestDrive:/$_" -Device Cpu -OutputPath "TestDrive:/again $_"

        $again.Loss | Should -Be $trained.Loss
    }

    It 'does not replace a file without -Force' {
        { Export-MedSegOption -Path $model -OutputPath TestDrive:/options.psd1 } | Should -Throw -ErrorId 'FileExists*'
        { Export-MedSegOption -Path $model -OutputPath TestDrive:/options.psd1 -Force } | Should -Not -Throw
    }
}
