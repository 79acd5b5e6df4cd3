BeforeAll {
    . $PSScriptRoot/Setup.ps1

    $seed = Join-Path -Path $PSScriptRoot -ChildPath '../MedSeg.Engine.Tests/Golden/seed_checkpoint/open_MR_autoseg_model_2.pt'
    $null = Import-MedSegModel -Path $seed -OutputPath TestDrive:/model.safetensors
}

Describe 'Export-MedSegModel' {
    It 'writes <Format>' -ForEach @{ Format = 'PyTorch'; Name = 'model.pt' }, @{ Format = 'Onnx'; Name = 'model.onnx' } {
        $file = Export-MedSegModel -Path TestDrive:/model.safetensors -Format $Format -OutputPath "TestDrive:/$Name"

        $file | Should -BeOfType System.IO.FileInfo
        ($file | Get-MedSegModel).Kind | Should -Be $Format
    }

    It 'replaces a file with -Force alone' {
        $null = New-Item -Path TestDrive:/there.pt -ItemType File
        $export = @{ Path = 'TestDrive:/model.safetensors'; Format = 'PyTorch'; OutputPath = 'TestDrive:/there.pt' }

        { Export-MedSegModel @export } | Should -Throw -ErrorId 'FileExists,*'
        (Export-MedSegModel @export -Force).Length | Should -BeGreaterThan 100000
    }
}
