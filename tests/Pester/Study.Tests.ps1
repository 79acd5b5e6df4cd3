# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $script = Join-Path -Path $PSScriptRoot -ChildPath '../../examples/Study.ps1'
    $folder = Join-Path -Path $TestDrive -ChildPath 'study'
    $files = & $script -Path $folder -Patients 3 -Epochs 2

    function Get-SheetXml {
        <#
        .SYNOPSIS
            Returns the XML of a sheet of a workbook, by its number.
        #>
        [CmdletBinding()]
        [OutputType([xml])]
        param(
            [Parameter(Mandatory)]
            [string] $Path,

            [Parameter(Mandatory)]
            [int] $Number
        )

        $archive = [System.IO.Compression.ZipFile]::OpenRead($Path)
        try {
            [xml] [System.IO.StreamReader]::new($archive.GetEntry("xl/worksheets/sheet$Number.xml").Open()).ReadToEnd()
        } finally {
            $archive.Dispose()
        }
    }
}

Describe 'Study.ps1' {
    It 'returns the figures and workbooks' {
        $files.Name | Should -Be 'learning_curve.png', 'training.html', 'segmentation.html', 'BlandAltman.png', 'Identity.png', 'Dice.png', 'agreement.xlsx', 'composition.xlsx', 'model.xlsx'
        $files | Where-Object Extension -EQ '.png' | ForEach-Object { Test-PngFile -Path $_.FullName | Should -BeTrue }
    }

    It 'writes reports and maps of fat' {
        Get-Content -LiteralPath "$folder/segmentation.html" -Raw | Should -Match 'P11_S01'
        Test-PngFile -Path "$folder/figures/fat/P11_S01.png" | Should -BeTrue
    }

    It 'compares three raters in area, fat and lean area of four ROIs' {
        $rows = (Get-SheetXml -Path "$folder/agreement.xlsx" -Number 1).worksheet.sheetData.row

        # For each ROI three pairs and all raters together, of three measures; a model of two epochs may have found nothing.
        $rows.Count | Should -BeGreaterThan (4 * 3 * 1)
        $text = $rows.InnerXml -join ''
        foreach ($word in 'Anna', 'Ben', 'Model', 'all 3', 'Left psoas', 'FatPercent', 'LeanArea') {
            $text | Should -Match "<t>$word</t>"
        }
    }

    It 'measures slices, patients and levels' {
        $slices = (Get-SheetXml -Path "$folder/composition.xlsx" -Number 1).worksheet.sheetData.row
        $levels = (Get-SheetXml -Path "$folder/composition.xlsx" -Number 3).worksheet.sheetData.row

        ($slices.Count - 1) % 4 | Should -Be 0
        $levels.InnerXml -join '' | Should -Match '<t>Left</t>.*<t>L3</t>'
    }

    It 'refuses to overwrite a study, and runs again with -Force' {
        { & $script -Path $folder -Patients 3 -Epochs 1 } | Should -Throw
        (& $script -Path $folder -Patients 3 -Epochs 1 -Force).Count | Should -Be 9
    }
}
