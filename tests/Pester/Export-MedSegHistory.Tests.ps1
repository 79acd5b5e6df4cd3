# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $command = 'MedSeg.PowerShell.Cmdlets.ExportMedSegHistoryCommand'
    $dataset = Import-TestDataset
    $small = @{ Epochs = 2; BaseWidth = 2; BatchSize = 2; Device = 'Cpu' }
    $records = $dataset | Start-MedSegTraining -OutputPath TestDrive:/trained @small
}

Describe 'Export-MedSegHistory' {
    It 'writes a CSV that Import-Csv reads, and a plot' {
        $files = $records | Export-MedSegHistory -Path TestDrive:/h.csv -PlotPath TestDrive:/h.png

        $files | Should -BeOfType System.IO.FileInfo
        $files.Name | Should -Be 'h.csv', 'h.png'
        $rows = Import-Csv -LiteralPath TestDrive:/h.csv
        $rows.Epoch | Should -Be '1', '2'
        [double] $rows[1].Loss | Should -BeGreaterThan 0
        Test-PngFile -Path $files[1].FullName | Should -BeTrue
    }

    It 'passes the records on with -PassThru, in place of the files' {
        $passed = $records | Export-MedSegHistory -Path TestDrive:/passed.csv -PassThru

        $passed | Should -BeOfType MedSeg.EpochRecord
        $passed.Epoch | Should -Be 1, 2
        'TestDrive:/passed.csv' | Should -Exist
    }

    It 'keeps the epochs of a pipeline that ends early' {
        $null = $dataset | Start-MedSegTraining -OutputPath TestDrive:/early @small |
            Export-MedSegHistory -Path TestDrive:/early.csv -PassThru |
            Select-Object -First 1

        @(Import-Csv -LiteralPath TestDrive:/early.csv).Epoch | Should -Be '1'
    }

    It 'refuses an existing file before the training begins, and replaces it with -Force' {
        Set-Content -LiteralPath TestDrive:/kept.csv -Value 'mine'

        { $dataset | Start-MedSegTraining -OutputPath TestDrive:/never @small | Export-MedSegHistory -Path TestDrive:/kept.csv } |
            Should -Throw -ErrorId "FileExists,$command"
        'TestDrive:/never' | Should -Not -Exist
        Get-Content -LiteralPath TestDrive:/kept.csv | Should -Be 'mine'
        $null = $records | Export-MedSegHistory -Path TestDrive:/kept.csv -Force
        (Import-Csv -LiteralPath TestDrive:/kept.csv).Count | Should -Be 2
    }

    It 'asks for a file where none is given, before the training begins' {
        { $dataset | Start-MedSegTraining -OutputPath TestDrive:/never @small | Export-MedSegHistory } |
            Should -Throw -ErrorId "NothingToWrite,$command"
        'TestDrive:/never' | Should -Not -Exist
    }

    It 'writes nothing with -WhatIf' {
        $records | Export-MedSegHistory -Path TestDrive:/never.csv -PlotPath TestDrive:/never.png -WhatIf | Should -BeNullOrEmpty

        'TestDrive:/never.csv' | Should -Not -Exist
        'TestDrive:/never.png' | Should -Not -Exist
    }

    It 'takes relative paths from the location' {
        Push-Location -LiteralPath TestDrive:/
        try {
            ($records | Export-MedSegHistory relative.csv).FullName | Should -Be (Join-Path -Path $TestDrive -ChildPath 'relative.csv')
        } finally {
            Pop-Location
        }
    }

    It 'refuses a path outside the file system' {
        { $records | Export-MedSegHistory -Path Env:/history } | Should -Throw -ErrorId "NotFileSystem,$command"
    }

    It 'tells where a file cannot be written' {
        $null = New-Item -Path TestDrive:/folder -ItemType Directory

        { $records | Export-MedSegHistory -Path TestDrive:/folder } | Should -Throw -ErrorId "WriteFailed,$command"
    }
}
