# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $demo = New-MedSegDemoDataset -Path TestDrive:/data -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 2
    $images = Join-Path -Path $demo.TrainPath -ChildPath 'dicoms'
}

Describe 'Get-MedSegImage' {
    It 'describes files of Get-ChildItem' {
        $infos = Get-ChildItem -LiteralPath $images -File | Get-MedSegImage

        $infos | Should -BeOfType MedSeg.ImageInfo
        $infos.Count | Should -Be 2
        $infos.Modality | Should -Be 'MR', 'MR'
        $infos[0].Real.Maximum | Should -BeGreaterThan $infos[0].Real.Minimum
    }

    It 'gives the same hash for the same pixels' {
        $first = Get-ChildItem -LiteralPath $images -File | Select-Object -First 1
        Copy-Item -LiteralPath $first.FullName -Destination TestDrive:/copy.dcm

        (Get-MedSegImage -Path TestDrive:/copy.dcm -Hash).Sha256 | Should -Be ($first | Get-MedSegImage -Hash).Sha256
    }

    It 'shows a table' {
        Get-MedSegImage -Path (Join-Path -Path $images -ChildPath '*') | Get-TableText |
            Should -Match 'File\s+Type\s+Size\s+Spacing mm\s+Values\s+Transfer syntax'
    }
}
