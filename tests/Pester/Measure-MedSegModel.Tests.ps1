# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $dataset = Import-TestDataset
    $null = $dataset | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath TestDrive:/models -Device Cpu
    function Get-WorkbookText {
        <#
        .SYNOPSIS
            Returns the XML of each sheet of a workbook by its name, in their order.
        #>
        [CmdletBinding()]
        [OutputType([System.Collections.Specialized.OrderedDictionary])]
        param(
            [Parameter(Mandatory)]
            [string] $Path
        )

        $sheets = [ordered] @{}
        $archive = [System.IO.Compression.ZipFile]::OpenRead((Get-Item -LiteralPath $Path).FullName)
        try {
            $texts = @{}
            foreach ($entry in $archive.Entries) {
                $texts[$entry.FullName] = [System.IO.StreamReader]::new($entry.Open()).ReadToEnd()
            }
            $number = 0
            foreach ($sheet in ([xml] $texts['xl/workbook.xml']).workbook.sheets.sheet) {
                $number++
                $sheets[$sheet.name] = $texts["xl/worksheets/sheet$number.xml"]
            }
        } finally {
            $archive.Dispose()
        }
        $sheets
    }

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

    It 'writes a workbook that names the model' {
        $null = $dataset | Measure-MedSegModel @model -Excel TestDrive:/scores.xlsx

        $text = Get-WorkbookText -Path TestDrive:/scores.xlsx
        $text.Keys | Should -Be 'ROIs', 'Patients', 'Slices', 'Run'
        $text['ROIs'] | Should -Match '<t>Hausdorff95 \(mm\)</t>'
        $text['Run'] | Should -Match '<t>medseg\.safetensors</t>.*<t>Model SHA-256</t>'
        $text['Run'] | Should -Not -Match ([regex]::Escape($TestDrive))
        { $dataset | Measure-MedSegModel @model -Excel TestDrive:/scores.xlsx } | Should -Throw -ErrorId 'FileExists,*'
        { $dataset | Measure-MedSegModel @model -Excel TestDrive:/scores.csv } | Should -Throw -ErrorId 'OutputExtension,*'
    }

    It 'gives scores by patient and by slice' {
        $dataset | Measure-MedSegModel @model -ByPatient | Should -HaveCount 8
        $dataset | Measure-MedSegModel @model -BySlice | Should -HaveCount 16
    }
}

Describe 'Measure-MedSegComposition and Compare-MedSegMask' {
    It 'write a workbook, and none with -WhatIf' {
        $labels = Join-Path -Path $TestDrive -ChildPath 'data-2-2/train/labels'
        Copy-Item -Path $labels -Destination TestDrive:/other -Recurse
        $null = $dataset | Measure-MedSegComposition -FatMethod Otsu -Excel TestDrive:/composition.xlsx
        $null = Compare-MedSegMask $labels TestDrive:/other -PatientPattern '^[^_]+' -Excel TestDrive:/agreement.xlsx
        $null = $dataset | Measure-MedSegComposition -Excel TestDrive:/never.xlsx -WhatIf

        (Get-WorkbookText -Path TestDrive:/composition.xlsx)['Slices'] | Should -Match '<t>LeanArea \(mm²\)</t>'
        (Get-WorkbookText -Path TestDrive:/composition.xlsx)['Run'] | Should -Match '<t>Option FatMethod</t>.*<t>Otsu</t>'
        (Get-WorkbookText -Path TestDrive:/agreement.xlsx)['ROIs'] | Should -Match '<t>Bias \(pixel²\)</t>'
        'TestDrive:/never.xlsx' | Should -Not -Exist
    }
}

Describe 'Compare-MedSegMask' {
    It 'measures fat against the reference ROI that a name or number gives' {
        $set = Join-Path -Path $TestDrive -ChildPath 'data-2-2/train'
        Copy-Item -Path $set/labels -Destination TestDrive:/again -Recurse
        $raters = @{ Path = "$set/labels", 'TestDrive:/again'; ImagePath = "$set/dicoms"; FatMethod = 'Reference'; LabelName = $dataset.LabelNames }

        Compare-MedSegMask @raters -ReferenceRoi 1 -ReferenceFraction 0.4 | Where-Object Measure -EQ 'FatPercent' | Should -Not -BeNullOrEmpty
        Compare-MedSegMask @raters -ReferenceRoi $dataset.LabelNames[1] | Where-Object Measure -EQ 'FatPercent' | Should -Not -BeNullOrEmpty
        { Compare-MedSegMask @raters -ReferenceRoi 'No such ROI' } | Should -Throw -ErrorId 'FatMethodInvalid,*'
        { Compare-MedSegMask @raters } | Should -Throw -ErrorId 'FatMethodInvalid,*'
    }
}

Describe 'Measure-MedSegArea' {
    It 'sums up the slices of a series' {
        $scans = Join-Path -Path $TestDrive -ChildPath 'data-2-2/heldout/dicoms'
        $areas = Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/masks | Measure-MedSegArea -CsvPath TestDrive:/areas.csv -Excel TestDrive:/areas.xlsx

        $areas | Should -HaveCount 4
        (Get-WorkbookText -Path TestDrive:/areas.xlsx)['Series'] | Should -Match '<t>Volume \(mm³\)</t>'
        (Get-WorkbookText -Path TestDrive:/areas.xlsx)['Series'] | Should -Match '<t>VolumeCm3 \(cm³\)</t>'
        (Get-WorkbookText -Path TestDrive:/areas.xlsx)['Run'] | Should -Match '<t>Model SHA-256</t>'
        $areas[0].VolumeCm3 | Should -Be ($areas[0].Volume / 1000)
        (Import-Csv -LiteralPath TestDrive:/areas.csv) | Should -HaveCount 8
        $areas | Get-TableText | Should -Match 'Series\s+ROI\s+Slices\s+Mean mm\xB2\s+SD mm\xB2\s+Volume mm\xB3'
    }
}
