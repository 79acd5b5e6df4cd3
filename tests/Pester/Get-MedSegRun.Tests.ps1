# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $dataset = Import-TestDataset
    $train = @{ Dataset = $dataset; BaseWidth = 2; Device = 'Cpu'; ValidationFraction = 0.5; ReportInterval = 1 }
    $null = Start-MedSegTraining @train -Epochs 2 -OutputPath TestDrive:/runs/a -ModelName done -TensorBoard
    do {
        # Leaving the loop stops the run, like Ctrl+C.
        Start-MedSegTraining @train -Epochs 50 -OutputPath TestDrive:/runs/b | ForEach-Object { break }
    } while ($false)
}

Describe 'Get-MedSegRun' {
    It 'lists the runs below a folder with their state' {
        $runs = Get-MedSegRun -Path TestDrive:/runs

        $runs | Should -BeOfType MedSeg.RunInfo
        $runs.ModelName | Should -Be 'done', 'medseg'
        $runs.State | Should -Be 'Finished', 'Interrupted'
        $runs.Epoch | Should -Be 2, 1
        $runs.Epochs | Should -Be 2, 50
        $runs[0].BestDice | Should -BeGreaterOrEqual 0
        $runs[0].ModelPath | Should -Exist
        $runs[1].ModelPath | Should -BeNullOrEmpty
        $runs[1].CheckpointPath | Should -Exist
    }

    It 'shows start, duration, best epoch and device in the list' {
        $list = (Get-MedSegRun -Path TestDrive:/runs/a | Format-List | Out-String) -replace '\x1b\[[0-9;]*m'

        $list | Should -Match 'BestDice\s*: 0[.,]\d{4} \(epoch [12]\)'
        $list | Should -Match 'Device\s*: cpu'
        $list | Should -Match 'Start\s*: \d{4}-\d\d-\d\d \d\d'
        $list | Should -Match 'Duration\s*: 0\.00:'
    }

    It 'takes folders from the pipeline and as literal paths' {
        (Get-Item TestDrive:/runs/a | Get-MedSegRun).ModelName | Should -Be 'done'
        ('TestDrive:/runs/*' | Get-MedSegRun).Count | Should -Be 2
        (Get-MedSegRun -LiteralPath TestDrive:/runs/b).ModelName | Should -Be 'medseg'
    }

    It 'lets a run go on by what it tells' {
        $run = Get-MedSegRun -Path TestDrive:/runs/b
        $record = Start-MedSegTraining @train -Epochs 2 -Resume -OutputPath $run.OutputPath

        $record.Epoch | Should -Be 2
        (Get-MedSegRun -Path TestDrive:/runs/b).State | Should -Be 'Finished'
    }

    It 'gives nothing where there is no run, and an error where there is no folder' {
        $null = New-Item -Path TestDrive:/empty -ItemType Directory
        Get-MedSegRun -Path TestDrive:/empty | Should -BeNullOrEmpty
        { Get-MedSegRun -Path TestDrive:/nowhere -ErrorAction Stop } | Should -Throw -ErrorId 'FolderNotFound,MedSeg.PowerShell.Cmdlets.GetMedSegRunCommand'
    }

    It 'shows a table with state and epochs' {
        Get-MedSegRun -Path TestDrive:/runs/a | Get-TableText | Should -Match 'done\s+Finished\s+2 of 2\s+0[.,]\d{4}'
    }

    It 'keeps a log that ConvertFrom-Json reads, and event files' {
        $log = Get-Content -LiteralPath (Get-MedSegRun -Path TestDrive:/runs/a).LogPath | ConvertFrom-Json

        ($log | Where-Object event -EQ 'epoch').epoch | Should -Be 1, 2
        Get-ChildItem -Path TestDrive:/runs/a/tensorboard/done | Should -HaveCount 1
    }
}

Describe 'Start-MedSegTraining, left alone' {
    It 'lists options that differ from the checkpoint' {
        { Start-MedSegTraining @train -Epochs 4 -Resume -OutputPath TestDrive:/runs/a -ModelName done -BatchSize 2 } |
            Should -Throw -ExpectedMessage '*-BatchSize is 5 in the checkpoint and 2 in this run*' -ErrorId 'ResumeMismatch,*'
    }

    It 'keeps as many checkpoints as asked for' {
        $null = Start-MedSegTraining @train -Epochs 4 -OutputPath TestDrive:/kept -CheckpointMinutes 0 -KeepCheckpoints 3

        (Get-ChildItem -Path TestDrive:/kept -Filter '*.checkpoint*').Name |
            Should -Be 'medseg.checkpoint-1.safetensors', 'medseg.checkpoint-2.safetensors', 'medseg.checkpoint.safetensors'
    }

    It 'passes over a damaged checkpoint with a warning' {
        Set-Content -LiteralPath TestDrive:/kept/medseg.checkpoint.safetensors -Value 'damaged'
        $record = Start-MedSegTraining @train -Epochs 4 -Resume -OutputPath TestDrive:/kept -WarningVariable warnings -WarningAction SilentlyContinue

        $record.Epoch | Should -Be 4
        $warnings | Should -BeLike '*medseg.checkpoint.safetensors*after 3 epochs*'
    }
}
