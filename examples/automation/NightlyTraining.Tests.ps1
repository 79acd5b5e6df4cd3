# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

# How to test an automation that uses MedSeg without training: mock MedSeg's commands.
BeforeAll {
    # The installed MedSeg, or the one in the folder that MEDSEG_MODULE names.
    if (-not (Get-Module -Name MedSeg)) {
        Import-Module -Name ($env:MEDSEG_MODULE ?? 'MedSeg') -ErrorAction Stop
    }

    Import-Module -Name $PSScriptRoot/NightlyTraining.psm1 -Force -ErrorAction Stop
}

AfterAll {
    Remove-Module -Name NightlyTraining
}

Describe 'Invoke-NightlyTraining' {
    BeforeAll {
        # The stand-in for a data set is not a MedSeg.Dataset, so the mocks' parameters must accept anything.
        Mock Import-MedSegDataset -ModuleName NightlyTraining { [pscustomobject] @{ Count = 2 } }
        Mock Test-MedSegLabels -ModuleName NightlyTraining -RemoveParameterType Dataset {
            [pscustomobject] @{ Name = 'P01_S01'; IsValid = $true }
            [pscustomobject] @{ Name = 'P01_S02'; IsValid = $true }
        }
        Mock Start-MedSegTraining -ModuleName NightlyTraining -RemoveParameterType Dataset {
            [pscustomobject] @{ Epoch = 1; ValidationDice = $null; ModelPath = $null }
            [pscustomobject] @{ Epoch = 2; ValidationDice = 0.9; ModelPath = "$OutputPath/medseg.safetensors" }
        }
        Mock Export-MedSegHistory -ModuleName NightlyTraining -RemoveParameterType InputObject { $InputObject }
        Mock Get-Date -ModuleName NightlyTraining { '2026-01-31' }

        $night = @{ Path = 'data'; OutputPath = 'models' }
        $folder = Join-Path -Path models -ChildPath '2026-01-31'
    }

    It 'trains into the folder of the day and sums up' {
        $summary = Invoke-NightlyTraining @night

        $summary.PSTypeNames | Should -Contain 'NightlyTraining.Summary'
        $summary.ModelPath | Should -Be "$folder/medseg.safetensors"
        $summary.Epochs | Should -Be 2
        $summary.Dice | Should -Be 0.9
        $summary.IsGoodEnough | Should -BeTrue
    }

    It 'hands its options to the commands' {
        $null = Invoke-NightlyTraining @night -ImportOption @{ InputSize = 128 } -TrainingOption @{ Epochs = 7; Seed = 3 }

        Should -Invoke Import-MedSegDataset -ModuleName NightlyTraining -Times 1 -Exactly -ParameterFilter { $Path -eq 'data' -and $InputSize -eq 128 }
        Should -Invoke Start-MedSegTraining -ModuleName NightlyTraining -Times 1 -Exactly -ParameterFilter {
            $OutputPath -eq $folder -and $Epochs -eq 7 -and $Seed -eq 3 -and $ValidationFraction -eq 0.2
        }
        Should -Invoke Export-MedSegHistory -ModuleName NightlyTraining -ParameterFilter { $Path -eq (Join-Path -Path $folder -ChildPath 'history.csv') }
    }

    It 'holds out as many patients as the options say' {
        $null = Invoke-NightlyTraining @night -TrainingOption @{ ValidationFraction = 0.5 }

        Should -Invoke Start-MedSegTraining -ModuleName NightlyTraining -Times 1 -Exactly -ParameterFilter { $ValidationFraction -eq 0.5 }
    }

    It 'tells a model that is not good enough' {
        (Invoke-NightlyTraining @night -MinimumDice 0.95).IsGoodEnough | Should -BeFalse
    }

    It 'names the samples that have problems, and does not train' {
        Mock Test-MedSegLabels -ModuleName NightlyTraining -RemoveParameterType Dataset { [pscustomobject] @{ Name = 'P01_S02'; IsValid = $false } }

        { Invoke-NightlyTraining @night } | Should -Throw -ExpectedMessage '*P01_S02*'
        Should -Invoke Start-MedSegTraining -ModuleName NightlyTraining -Times 0 -Exactly
    }

    It 'tells why nothing was imported' {
        Mock Import-MedSegDataset -ModuleName NightlyTraining { Write-Error -Message 'the share is not mounted' }

        { Invoke-NightlyTraining @night } | Should -Throw -ExpectedMessage '*the share is not mounted*'
    }

    It 'does not train with -WhatIf' {
        Invoke-NightlyTraining @night -WhatIf | Should -BeNullOrEmpty

        Should -Invoke Start-MedSegTraining -ModuleName NightlyTraining -Times 0 -Exactly
    }
}

Describe 'Invoke-NightlyTraining, with nothing mocked' {
    It 'leaves a model and its history' {
        $demo = New-MedSegDemoDataset -Path TestDrive:/data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2
        $night = @{
            Path           = $demo.TrainPath
            OutputPath     = Join-Path -Path $TestDrive -ChildPath 'models'
            ImportOption   = @{ InputSize = 32; LabelName = $demo.LabelNames }
            TrainingOption = @{ Epochs = 2; BaseWidth = 2; Device = 'Cpu' }
        }

        $summary = Invoke-NightlyTraining @night

        $summary.Epochs | Should -Be 2
        $summary.ModelPath | Should -Exist
        (Import-Csv -LiteralPath $summary.HistoryPath).Count | Should -Be 2
    }
}
