# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $demo = New-MedSegDemoDataset -Path TestDrive:/data -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1
    $images = Join-Path -Path $demo.TrainPath -ChildPath 'dicoms'
}

Describe 'Export-MedSegImage' {
    It 'draws a file of Get-ChildItem' {
        $file = Get-ChildItem -LiteralPath $images -File | Export-MedSegImage -OutputPath TestDrive:/slice.png

        $file | Should -BeOfType System.IO.FileInfo
        $file.FullName | Should -Exist
        (Get-MedSegImage -LiteralPath $file.FullName).Format | Should -Be 'PNG'
    }

    It 'does not replace a picture without -Force' {
        { Get-ChildItem -LiteralPath $images -File | Export-MedSegImage -OutputPath TestDrive:/slice.png } | Should -Throw -ErrorId 'FileExists,*'
    }

    It 'refuses a name with another extension' {
        { Get-ChildItem -LiteralPath $images -File | Export-MedSegImage -OutputPath TestDrive:/slice.jpg } | Should -Throw -ErrorId 'OutputExtension,*'
    }
}
