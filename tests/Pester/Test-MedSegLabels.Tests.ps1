# What BeforeAll sets is used by the tests, which PSScriptAnalyzer does not see.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $dataset = Import-TestDataset
    $demo = New-MedSegDemoDataset -Path TestDrive:/broken -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 2
    Set-Content -LiteralPath (Join-Path -Path $demo.TrainPath -ChildPath 'labels/P01_S02.png') -Value 'no picture'
    $broken = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32 -ErrorAction SilentlyContinue
}

Describe 'Test-MedSegLabels' {
    It 'reports on each sample' {
        $reports = $dataset | Test-MedSegLabels

        $reports | Should -BeOfType MedSeg.LabelReport
        $reports.Name | Should -Be 'P01_S01', 'P01_S02', 'P02_S01', 'P02_S02'
        $reports.IsValid | Should -Not -Contain $false
        $reports[0].RoiPixels.Keys | Should -Be $dataset.LabelNames
        $reports[0].RoiPixels['ROI 1'] | Should -BeGreaterThan 0
    }

    It 'takes the data set by position as well' {
        (Test-MedSegLabels $dataset).Count | Should -Be 4
    }

    It 'tells which sample cannot be used and why' {
        $bad = $broken | Test-MedSegLabels | Where-Object { -not $_.IsValid }

        $bad.Name | Should -Be 'P01_S02'
        $bad.Problems.Code | Should -Be 'LabelFormat'
        $bad.Path | Should -Be (Join-Path -Path $demo.TrainPath -ChildPath 'labels/P01_S02.png')
    }

    It 'answers with one Boolean with -Quiet' {
        $dataset | Test-MedSegLabels -Quiet | Should -BeExactly $true
        $broken | Test-MedSegLabels -Quiet | Should -BeExactly $false
    }

    It 'gives reports whose path Get-Item takes from the pipeline' {
        ($dataset | Test-MedSegLabels | Get-Item).Extension | Select-Object -Unique | Should -Be '.png'
    }

    It 'shows a table with pixels and problems' {
        $table = $broken | Test-MedSegLabels | Get-TableText

        $table | Should -Match 'Name\s+IsValid\s+RoiPixels\s+Problems'
        $table | Should -Match 'P01_S01\s+True\s+\d+, \d+, \d+, \d+'
        $table | Should -Match 'P01_S02\s+False\s.*LabelFormat'
    }

    It 'refuses what is no data set' {
        { 'data/train' | Test-MedSegLabels -ErrorAction Stop } |
            Should -Throw -ErrorId 'InputObjectNotBound,MedSeg.PowerShell.Cmdlets.TestMedSegLabelsCommand'
    }
}
