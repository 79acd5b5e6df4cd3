# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
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

        $table | Should -Match 'Name\s+Severity\s+Problems\s+ROI pixels'
        $table | Should -Match 'P01_S01\s+ROI 1 \d+, ROI 2 \d+, ROI 3 \d+, ROI 4 \d+'
        $table | Should -Match 'P01_S02\s+Error\s+LabelFormat'
    }

    It 'tells area and parts of each ROI' {
        $report = ($dataset | Test-MedSegLabels)[0]

        $report.RoiAreas['ROI 1'] | Should -BeGreaterThan 0
        $report.RoiParts['ROI 1'] | Should -Be 1
        $report.IsSuspect | Should -BeFalse
    }

    It 'answers for the whole set with -Summary' {
        $summary = $dataset | Test-MedSegLabels -Summary

        $summary | Should -BeOfType MedSeg.DatasetInspection
        $summary.Samples | Should -Be 4
        $summary.Rois.Name | Should -Be $dataset.LabelNames
        $summary.Rois[0].Slices | Should -Be 4
        $summary.IsClean | Should -BeTrue
        ($summary | Out-String) -replace '\x1b\[[0-9;]*m' | Should -Match 'Suspect\s+: 0'
        $summary.Rois | Get-TableText | Should -Match 'ROI 1\s+4\s+100\s+2\s+\d+\s+\d+[.,]\d'
    }

    It 'warns of an ROI that no mask has, and is not quiet then' {
        $named = Import-MedSegDataset -Path (Split-Path -Path $dataset.LabelPath) -InputSize 32 -LabelName 'a', 'b', 'c', 'd', 'e'

        $null = $named | Test-MedSegLabels -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeLike "*No mask contains 'e' (5)*"
        $named | Test-MedSegLabels -Quiet | Should -BeExactly $false
    }

    It 'finds patients that are in both sets' {
        $reports = $dataset | Test-MedSegLabels -ValidationDataset $dataset

        $reports.Problems.Code | Select-Object -Unique | Should -Be 'PatientInBoth', 'ImageInBoth'
    }

    It 'writes a page, and replaces it only with -Force' {
        $null = $broken | Test-MedSegLabels -ReportPath TestDrive:/labels.html

        Get-Content -LiteralPath TestDrive:/labels.html -Raw | Should -Match 'P01_S02(?s:.)*LabelFormat'
        { $broken | Test-MedSegLabels -ReportPath TestDrive:/labels.html } | Should -Throw -ErrorId 'FileExists,MedSeg.PowerShell.Cmdlets.TestMedSegLabelsCommand'
        { $broken | Test-MedSegLabels -ReportPath TestDrive:/labels.html -Force } | Should -Not -Throw
        $null = $broken | Test-MedSegLabels -ReportPath TestDrive:/never.html -WhatIf
        'TestDrive:/never.html' | Should -Not -Exist
    }

    It 'refuses what is no data set' {
        { 'data/train' | Test-MedSegLabels -ErrorAction Stop } |
            Should -Throw -ErrorId 'InputObjectNotBound,MedSeg.PowerShell.Cmdlets.TestMedSegLabelsCommand'
    }
}
