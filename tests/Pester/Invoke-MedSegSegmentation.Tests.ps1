# PSScriptAnalyzer does not see that the tests use the variables of BeforeAll.
[System.Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '')]
param()

BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $null = Import-TestDataset | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath TestDrive:/models -Device Cpu
    $scans = Join-Path -Path $TestDrive -ChildPath 'data-2-2/heldout/dicoms'
    $model = @{ Model = 'TestDrive:/models/medseg.safetensors'; Device = 'Cpu' }
}

Describe 'Invoke-MedSegSegmentation' {
    It 'gives a slice with a mask and its areas for each image' {
        $slices = Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/masks -Overlay

        $slices | Should -HaveCount 2
        $slices[0] | Should -BeOfType MedSeg.SegmentedSlice
        $slices[0].Rois | Should -HaveCount 4
        $slices.MaskPath | ForEach-Object { $_ | Should -Exist }
        Test-PngFile -Path $slices[0].OverlayPath | Should -BeTrue
    }

    It 'gives the same masks with ONNX Runtime' {
        $null = Export-MedSegModel -Path TestDrive:/models/medseg.safetensors -Format Onnx -OutputPath TestDrive:/m.onnx
        $torch = Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/torch
        $onnx = Invoke-MedSegSegmentation -Model TestDrive:/m.onnx -Path $scans -OutputPath TestDrive:/onnx

        $onnx.Rois.Pixels | Should -Be $torch.Rois.Pixels
    }

    It 'refuses an ONNX file with -Backend Torch' {
        $null = Export-MedSegModel -Path TestDrive:/models/medseg.safetensors -Format Onnx -OutputPath TestDrive:/t.onnx
        { Invoke-MedSegSegmentation -Model TestDrive:/t.onnx -Backend Torch -Path $scans -OutputPath TestDrive:/none } |
            Should -Throw -ErrorId 'BackendMismatch,MedSeg.PowerShell.Cmdlets.InvokeMedSegSegmentationCommand'
    }

    It 'takes files from Get-ChildItem' {
        Get-ChildItem -Path $scans -Filter *.dcm | Invoke-MedSegSegmentation @model -OutputPath TestDrive:/piped | Should -HaveCount 2
    }

    It 'refuses existing masks, and replaces them with -Force' {
        { Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/masks } |
            Should -Throw -ErrorId 'FileExists,MedSeg.PowerShell.Cmdlets.InvokeMedSegSegmentationCommand'
        Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/masks -Force | Should -HaveCount 2
    }

    It 'shows name, location, confidence, flags and areas' {
        $shown = Invoke-MedSegSegmentation @model -Path $scans -OutputPath TestDrive:/shown | Get-TableText

        $shown | Should -Match 'Name\s+Location\s+Confidence\s+Flags\s+Areas mm\xB2'
        $shown | Should -Match 'P03_S01\s+0\.0'
    }
}
