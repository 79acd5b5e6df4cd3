# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $command = 'MedSeg.PowerShell.Cmdlets.ImportMedSegDatasetCommand'
    $demo = New-MedSegDemoDataset -Path TestDrive:/data -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2
}

Describe 'Import-MedSegDataset' {
    It 'gives one data set with its counts and folders' {
        $dataset = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32

        $dataset | Should -BeOfType MedSeg.Dataset
        @($dataset).Count | Should -Be 1
        $dataset.Count | Should -Be 4
        $dataset.Patients | Should -Be 2
        $dataset.InputSize | Should -Be 32
        $dataset.DicomPath | Should -Be (Join-Path -Path $demo.TrainPath -ChildPath 'dicoms')
        @($dataset.Problems).Count | Should -Be 0
    }

    It 'takes <Name> from the pipeline' -ForEach @(
        @{ Name = 'a path'; Items = { $demo.TrainPath } }
        @{ Name = 'a folder of Get-Item'; Items = { Get-Item -LiteralPath $demo.TrainPath } }
        @{ Name = 'an object with a Path'; Items = { [pscustomobject] @{ Path = $demo.TrainPath } } }
        @{ Name = 'a demo data set'; Items = { $demo } }
    ) {
        $dataset = & $Items | Import-MedSegDataset -InputSize 32

        $dataset.DicomPath | Should -Be (Join-Path -Path $demo.TrainPath -ChildPath 'dicoms')
    }

    It 'gives a data set for each folder that comes' {
        $datasets = Get-ChildItem -LiteralPath $demo.Root -Directory | Import-MedSegDataset -InputSize 32

        # $datasets.Count would be the count of the array.
        $datasets | ForEach-Object -MemberName Count | Sort-Object | Should -Be 2, 4
    }

    It 'takes wildcards, and with -LiteralPath none' {
        Copy-Item -LiteralPath $demo.TrainPath -Destination 'TestDrive:/set[1]' -Recurse

        @(Import-MedSegDataset -Path (Join-Path -Path $demo.Root -ChildPath '*') -InputSize 32).Count | Should -Be 2
        (Import-MedSegDataset -LiteralPath 'TestDrive:/set[1]' -InputSize 32).Count | Should -Be 4
        { Import-MedSegDataset -Path 'TestDrive:/none*' } | Should -Throw -ErrorId "PathNotFound,$command"
    }

    It 'takes images and masks from two folders' {
        $folders = @{
            DicomPath = Join-Path -Path $demo.TrainPath -ChildPath 'dicoms'
            LabelPath = Join-Path -Path $demo.TrainPath -ChildPath 'labels'
        }

        (Import-MedSegDataset @folders -InputSize 32).Count | Should -Be 4
    }

    It 'takes relative paths from the location' {
        Push-Location -LiteralPath $demo.Root
        try {
            (Import-MedSegDataset ./train -InputSize 32).DicomPath | Should -Be (Join-Path -Path $demo.TrainPath -ChildPath 'dicoms')
        } finally {
            Pop-Location
        }
    }

    It 'names the ROIs as told' {
        $dataset = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32 -LabelName $demo.LabelNames

        $dataset.LabelNames | Should -Be $demo.LabelNames
    }

    It 'turns values into ROIs with -LabelMap' {
        $dataset = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32 -LabelName 'All', 'None' -LabelMap @{ 2 = 1; '3' = 'All'; 4 = 'all' }

        @($dataset.Problems).Count | Should -Be 0
        $dataset.Samples[0].RoiPixels[1] | Should -BeGreaterThan 0
        $dataset.Samples[0].RoiPixels[2] | Should -Be 0
    }

    It 'says with -Verbose what it found' {
        $messages = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32 -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }

        $messages -join "`n" | Should -Match '4 samples of 2 patients, 4 ROIs'
    }

    It 'ends with <Id> where <Reason>' -ForEach @(
        @{ Id = 'FolderNotFound'; Reason = 'there is no such folder'; Parameters = @{ Path = 'TestDrive:/nothing' } }
        @{ Id = 'InputSizeInvalid'; Reason = 'the side is no multiple of 16'; Parameters = @{ Path = 'TestDrive:/data/train'; InputSize = 50 } }
        @{ Id = 'LabelMapInvalid'; Reason = 'a value is to become an ROI that there is not'; Parameters = @{ Path = 'TestDrive:/data/train'; LabelName = 'A'; LabelMap = @{ 1 = 2 } } }
        @{ Id = 'LabelColorInvalid'; Reason = 'there is no such colour'; Parameters = @{ Path = 'TestDrive:/data/train'; LabelColor = @{ reddish = 1 } } }
        @{ Id = 'NotFileSystem'; Reason = 'the path is not of the file system'; Parameters = @{ Path = 'Env:/PATH' } }
        @{ Id = 'ParameterArgumentValidationError'; Reason = 'a parameter is out of its range'; Parameters = @{ Path = 'TestDrive:/data/train'; JpegStep = 0 } }
        @{ Id = 'CannotConvertArgumentNoMessage'; Reason = 'there is no such way to normalise'; Parameters = @{ Path = 'TestDrive:/data/train'; Normalization = 'Loudness' } }
    ) {
        { Import-MedSegDataset @Parameters } | Should -Throw -ErrorId "$Id,$command"
    }

    It 'shows a table with the counts' {
        $table = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32 | Get-TableText

        $table | Should -Match 'Count\s+Patients\s+Problems\s+InputSize\s+ROIs\s+DicomPath'
        $table | Should -Match '\b4\s+2\s+0\s+32\s+ROI 1, ROI 2, ROI 3, ROI 4\s'
    }

    It 'shows a list without the inside of the samples' {
        $list = Import-MedSegDataset -Path $demo.TrainPath -InputSize 32 | Format-List | Out-String

        $list | Should -Match 'LabelNames'
        $list | Should -Not -Match 'P01_S01'
    }

    It 'takes a second import from the cache on disk and says so' {
        $import = @{ Path = $demo.TrainPath; InputSize = 32; Cache = 'Disk'; CachePath = 'TestDrive:/cache' }
        $null = Import-MedSegDataset @import

        $dataset = Import-MedSegDataset @import -Verbose 4>&1 -OutVariable lines | Where-Object { $_ -is [MedSeg.Dataset] }

        $dataset.Count | Should -Be 4
        $dataset.Cache.Taken | Should -Be 4
        $lines -join "`n" | Should -Match '4 of 4 pairs were loaded from the cache, 0 were decoded'
        Join-Path -Path $TestDrive -ChildPath 'cache/*.slices' | Should -Exist
    }

    It 'shows its samples as a table' {
        $table = (Import-MedSegDataset -Path $demo.TrainPath -InputSize 32).Samples | Get-TableText

        $table | Should -Match 'Name\s+Patient\s+Rows\s+Columns\s+IsUsable\s+Problems'
        $table | Should -Match 'P02_S01\s+\S+\s+160\s+160\s+True'
    }
}

Describe 'Import-MedSegDataset, with broken files' {
    BeforeAll {
        $broken = New-MedSegDemoDataset -Path TestDrive:/broken -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 2
        Set-Content -LiteralPath (Join-Path -Path $broken.TrainPath -ChildPath 'labels/P01_S01.png') -Value 'no picture'
        Remove-Item -LiteralPath (Join-Path -Path $broken.TrainPath -ChildPath 'dicoms/P02_S01.dcm')
    }

    It 'names each and goes on' {
        $dataset = Import-MedSegDataset -Path $broken.TrainPath -InputSize 32 -ErrorVariable problems -ErrorAction SilentlyContinue

        $dataset.Count | Should -Be 2
        $problems.FullyQualifiedErrorId | Sort-Object | Should -Be "ImageMissing,$command", "LabelFormat,$command"
        $problems.CategoryInfo.Category | Select-Object -Unique | Should -Be 'InvalidData'
        $problems -join "`n" | Should -Match 'P01_S01\.png'
    }

    It 'ends at the first with -Strict, whatever -ErrorAction says' {
        try {
            $dataset = Import-MedSegDataset -Path $broken.TrainPath -InputSize 32 -Strict -ErrorAction SilentlyContinue
            $id = 'none'
        } catch {
            $id = $_.FullyQualifiedErrorId
        }

        $id | Should -BeIn "ImageMissing,$command", "LabelFormat,$command"
        $dataset | Should -BeNullOrEmpty
    }

    It 'ends with -ErrorAction Stop' {
        { Import-MedSegDataset -Path $broken.TrainPath -InputSize 32 -ErrorAction Stop } | Should -Throw
    }
}
