# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $command = 'MedSeg.PowerShell.Cmdlets.GetMedSegHistoryCommand'
    $train = @{ Dataset = Import-TestDataset; BaseWidth = 2; Device = 'Cpu'; ValidationFraction = 0.5; ReportInterval = 1 }
    $first = Start-MedSegTraining @train -Epochs 2 -OutputPath TestDrive:/runs/a
    $second = Start-MedSegTraining @train -Epochs 4 -Resume -OutputPath TestDrive:/runs/a
    $null = Start-MedSegTraining @train -Epochs 1 -OutputPath TestDrive:/runs/b -ModelName other
}

Describe 'Get-MedSegHistory' {
    It 'returns the epochs of both sessions' {
        $history = Get-MedSegHistory -Path TestDrive:/runs/a

        $history | Should -BeOfType MedSeg.EpochRecord
        $history.Epoch | Should -Be 1, 2, 3, 4
        $history.ValidationDice | Should -Be @($first.ValidationDice + $second.ValidationDice)
        $history[0].LossFunction | Should -Be Dice
    }

    It 'takes runs, folders and files from the pipeline' {
        (Get-MedSegRun -Path TestDrive:/runs | Get-MedSegHistory).Epoch | Should -Be 1, 2, 3, 4, 1
        (Get-Item -Path TestDrive:/runs/a | Get-MedSegHistory).Epoch | Should -Be 1, 2, 3, 4
        (Get-ChildItem -Path TestDrive:/runs/a/medseg.log.jsonl | Get-MedSegHistory).Epoch | Should -Be 1, 2, 3, 4
        (Get-MedSegHistory -LiteralPath TestDrive:/runs/a/medseg.safetensors).Epoch | Should -Be 1, 2, 3, 4
        (Get-MedSegHistory -Path 'TestDrive:/runs/*').Epoch | Should -Be 1, 2, 3, 4, 1
    }

    It 'gives Export-MedSegHistory what the run itself gave' {
        $null = Get-MedSegHistory -Path TestDrive:/runs/a | Export-MedSegHistory -Path TestDrive:/read.csv -PlotPath TestDrive:/read.png
        $null = $second | Export-MedSegHistory -Path TestDrive:/resumed.csv
        $null = $second[1] | Export-MedSegHistory -Path TestDrive:/last.csv

        $read = Import-Csv -LiteralPath TestDrive:/read.csv
        $resumed = Import-Csv -LiteralPath TestDrive:/resumed.csv
        $resumed.Epoch | Should -Be '1', '2', '3', '4'
        $read.Loss | Should -Be $resumed.Loss
        $read.'ValidationDice ROI 1' | Should -Be $resumed.'ValidationDice ROI 1'
        @(Import-Csv -LiteralPath TestDrive:/last.csv).Epoch | Should -Be '4'
    }

    It 'writes an error for each folder without a run, and continues' {
        $null = New-Item -Path TestDrive:/runs/empty -ItemType Directory

        $history = Get-MedSegHistory -Path TestDrive:/runs/empty, TestDrive:/runs/b -ErrorVariable problems -ErrorAction SilentlyContinue

        $history.Epoch | Should -Be 1
        $problems.FullyQualifiedErrorId | Should -Be "HistoryMissing,$command"
    }
}
