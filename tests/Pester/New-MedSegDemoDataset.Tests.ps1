# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $size = @{ Patients = 2; HeldOutPatients = 1; SlicesPerPatient = 2 }
}

Describe 'New-MedSegDemoDataset' {
    It 'writes an image and a mask for each slice and tells where' {
        $demo = New-MedSegDemoDataset -Path TestDrive:/plain @size

        $demo | Should -BeOfType MedSeg.DemoDataset
        $demo.Root | Should -Be (Join-Path -Path $TestDrive -ChildPath 'plain')
        $demo.Slices | Should -Be 6
        $demo.LabelNames | Should -Contain 'Left psoas'
        (Get-ChildItem -LiteralPath (Join-Path -Path $demo.TrainPath -ChildPath 'dicoms')).Count | Should -Be 4
        (Get-ChildItem -LiteralPath (Join-Path -Path $demo.TrainPath -ChildPath 'labels')).Count | Should -Be 4
        (Get-ChildItem -LiteralPath (Join-Path -Path $demo.HeldOutPath -ChildPath 'labels')).Count | Should -Be 2
    }

    It 'gives an object that Import-MedSegDataset takes from the pipeline' {
        $dataset = New-MedSegDemoDataset -Path TestDrive:/piped @size | Import-MedSegDataset -InputSize 32

        $dataset.Count | Should -Be 4
        $dataset.Patients | Should -Be 2
    }

    It 'writes the same files for the same seed, and others for another' {
        $roots = foreach ($run in @{ Name = 'first'; Seed = 3 }, @{ Name = 'second'; Seed = 3 }, @{ Name = 'third'; Seed = 4 }) {
            (New-MedSegDemoDataset -Path "TestDrive:/$($run.Name)" -Seed $run.Seed @size).Root
        }

        $hashes = foreach ($root in $roots) {
            (Get-ChildItem -LiteralPath $root -Recurse -File | Sort-Object -Property FullName | Get-FileHash).Hash -join ' '
        }
        $hashes[1] | Should -Be $hashes[0]
        $hashes[2] | Should -Not -Be $hashes[0]
    }

    It 'refuses a folder that is not empty, and replaces a demo data set with -Force' {
        $null = New-MedSegDemoDataset -Path TestDrive:/again @size

        { New-MedSegDemoDataset -Path TestDrive:/again @size } |
            Should -Throw -ErrorId 'DemoFolderNotEmpty,MedSeg.PowerShell.Cmdlets.NewMedSegDemoDatasetCommand'
        $demo = New-MedSegDemoDataset -Path TestDrive:/again -Force -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
        (Get-ChildItem -LiteralPath $demo.Root -Recurse -Filter *.dcm).Count | Should -Be 2
    }

    It 'writes nothing with -WhatIf' {
        New-MedSegDemoDataset -Path TestDrive:/never -WhatIf | Should -BeNullOrEmpty

        'TestDrive:/never' | Should -Not -Exist
    }

    It 'takes relative paths from the location' {
        Push-Location -LiteralPath TestDrive:/
        try {
            (New-MedSegDemoDataset -Path ./relative @size).Root | Should -Be (Join-Path -Path $TestDrive -ChildPath 'relative')
        } finally {
            Pop-Location
        }
    }

    It 'refuses <Name> = <Value>' -ForEach @(
        @{ Name = 'Patients'; Value = 0 }
        @{ Name = 'SlicesPerPatient'; Value = -1 }
    ) {
        $parameters = @{ $Name = $Value }

        { New-MedSegDemoDataset -Path TestDrive:/refused @parameters } |
            Should -Throw -ErrorId 'ParameterArgumentValidationError,MedSeg.PowerShell.Cmdlets.NewMedSegDemoDatasetCommand'
        'TestDrive:/refused' | Should -Not -Exist
    }
}
