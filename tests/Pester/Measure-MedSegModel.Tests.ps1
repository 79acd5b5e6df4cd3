# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $dataset = Import-TestDataset
    $null = $dataset | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath TestDrive:/models -Device Cpu
    $model = @{ Model = 'TestDrive:/models/medseg.safetensors'; Device = 'Cpu' }
}

Describe 'Measure-MedSegModel' {
    It 'gives a score for each ROI and draws the areas' {
        $scores = $dataset | Measure-MedSegModel @model -PlotPath TestDrive:/plot.png

        $scores | Should -HaveCount 4
        $scores[0] | Should -BeOfType MedSeg.ModelScore
        Test-PngFile -Path (Join-Path -Path $TestDrive -ChildPath 'plot.png') | Should -BeTrue
        $scores | Get-TableText | Should -Match 'ROI\s+Slices\s+Dice\s+Patient Dice\s+HD95 mm\s+Surface mm'
    }

    It 'gives numbers that can be exported, sorted and averaged' {
        $scores = $dataset | Measure-MedSegModel @model

        $rows = $scores | ConvertTo-Csv | ConvertFrom-Csv
        foreach ($name in $rows[0].PSObject.Properties.Name.Where({ $_ -ne 'Name' })) {
            foreach ($text in $rows.$name.Where({ $_ })) {
                [double]::Parse($text, [cultureinfo]::InvariantCulture) | Should -BeOfType double
            }
        }
        [double] $rows[1].Dice | Should -Be $scores[1].Dice
        ($scores | Measure-Object Dice -Average).Average | Should -BeGreaterOrEqual 0
        ($scores | Sort-Object Dice -Descending)[0].Dice | Should -Be ($scores | Measure-Object Dice -Maximum).Maximum
        $scores[1].DiceLow | Should -BeLessOrEqual $scores[1].Dice
    }

    It 'gives scores by patient and by slice' {
        $dataset | Measure-MedSegModel @model -ByPatient | Should -HaveCount 8
        $dataset | Measure-MedSegModel @model -BySlice | Should -HaveCount 16
    }
}

Describe 'Measure-MedSegArea' {
    It 'sums up the slices of a series' {
        $scans = Join-Path -Path $TestDrive -ChildPath 'data-2-2/heldout/dicoms'
        $areas = Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/masks | Measure-MedSegArea -CsvPath TestDrive:/areas.csv

        $areas | Should -HaveCount 4
        (Import-Csv -LiteralPath TestDrive:/areas.csv) | Should -HaveCount 8
        $areas | Get-TableText | Should -Match 'Series\s+ROI\s+Slices\s+Mean mm\xB2\s+SD mm\xB2\s+Volume mm\xB3'
    }
}
