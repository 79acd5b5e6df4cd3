# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $dataset = Import-TestDataset
}

Describe 'Export-MedSegPreview' {
    It 'draws a PNG and gives its file' {
        $file = $dataset | Export-MedSegPreview -Path TestDrive:/preview.png -Count 2

        $file | Should -BeOfType System.IO.FileInfo
        $file.FullName | Should -Be (Join-Path -Path $TestDrive -ChildPath 'preview.png')
        Test-PngFile -Path $file.FullName | Should -BeTrue
    }

    It 'draws the same for the same seed, and something else for another' {
        $hashes = foreach ($seed in 1, 1, 2) {
            ($dataset | Export-MedSegPreview -Path TestDrive:/seed.png -Count 2 -Seed $seed -Force | Get-FileHash).Hash
        }

        $hashes[1] | Should -Be $hashes[0]
        $hashes[2] | Should -Not -Be $hashes[0]
    }

    It 'refuses an existing file, and replaces it with -Force' {
        Set-Content -LiteralPath TestDrive:/kept.png -Value 'mine'

        { $dataset | Export-MedSegPreview -Path TestDrive:/kept.png } |
            Should -Throw -ErrorId 'FileExists,MedSeg.PowerShell.Cmdlets.ExportMedSegPreviewCommand'
        Get-Content -LiteralPath TestDrive:/kept.png | Should -Be 'mine'
        $file = $dataset | Export-MedSegPreview -Path TestDrive:/kept.png -Force
        Test-PngFile -Path $file.FullName | Should -BeTrue
    }

    It 'writes nothing with -WhatIf' {
        $dataset | Export-MedSegPreview -Path TestDrive:/never.png -WhatIf | Should -BeNullOrEmpty

        'TestDrive:/never.png' | Should -Not -Exist
    }

    It 'takes relative paths from the location' {
        Push-Location -LiteralPath TestDrive:/
        try {
            ($dataset | Export-MedSegPreview -Path relative.png).FullName | Should -Be (Join-Path -Path $TestDrive -ChildPath 'relative.png')
        } finally {
            Pop-Location
        }
    }

    It 'shows the file as Get-Item does' {
        $shown = $dataset | Export-MedSegPreview -Path TestDrive:/shown.png | Get-TableText

        $shown.Trim() | Should -Be (Get-Item -LiteralPath (Join-Path -Path $TestDrive -ChildPath 'shown.png') | Get-TableText).Trim()
    }

    It 'draws one slice under each transform, of the recipe or of single options' {
        $recipes = foreach ($options in @{}, @{ Recipe = 'Best' }, @{ RotationDegrees = 30 }) {
            ($dataset | Export-MedSegPreview -Path TestDrive:/transforms.png -Transform -Force @options | Get-FileHash).Hash
        }

        Test-PngFile -Path TestDrive:/transforms.png | Should -BeTrue
        ($recipes | Sort-Object -Unique).Count | Should -Be 3
    }

    It 'draws the batch with the options of a run' {
        $hashes = foreach ($options in @{}, @{ AugmentationProbability = 0 }) {
            ($dataset | Export-MedSegPreview -Path TestDrive:/batch.png -Force @options | Get-FileHash).Hash
        }

        $hashes[0] | Should -Not -Be $hashes[1]
        { $dataset | Export-MedSegPreview -Path TestDrive:/both.png -Transform -Count 2 } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}
