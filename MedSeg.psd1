@{
    RootModule           = 'MedSeg.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '7a7c8d2e-6f1b-4b53-9f0e-2d0c7a6f4e19'
    Author               = 'The MedSeg authors'
    CompanyName          = 'MedSeg'
    Copyright            = 'Copyright (c) 2026 The MedSeg authors. MIT licence.'
    Description          = 'Trains and uses neural networks that outline regions of interest in medical images: DICOM slices and label masks in, a two-stage pyramid network out, on CUDA or the CPU.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @() # The build adds MedSeg.Format.ps1xml, which is not in this folder.
    CmdletsToExport      = @(
        'Compare-MedSegMask'
        'Export-MedSegAgreementFigure'
        'Export-MedSegHistory'
        'Export-MedSegImage'
        'Export-MedSegModel'
        'Export-MedSegOption'
        'Export-MedSegPreview'
        'Export-MedSegReport'
        'Export-MedSegSweepFigure'
        'Find-MedSegPostProcessing'
        'Get-MedSegDevice'
        'Get-MedSegHistory'
        'Get-MedSegImage'
        'Get-MedSegModel'
        'Get-MedSegRun'
        'Get-MedSegSeries'
        'Import-MedSegDataset'
        'Import-MedSegModel'
        'Import-MedSegReview'
        'Install-MedSegNative'
        'Invoke-MedSegCrossValidation'
        'Invoke-MedSegSegmentation'
        'Invoke-MedSegSweep'
        'Join-MedSegDataset'
        'Measure-MedSegArea'
        'Measure-MedSegComposition'
        'Measure-MedSegModel'
        'New-MedSegConsensusMask'
        'New-MedSegDemoDataset'
        'Select-MedSegSample'
        'Start-MedSegTraining'
        'Stop-MedSegRun'
        'Test-MedSegLabels'
        'Test-MedSegRun'
        'Wait-MedSegRun'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @('Test-MedSegLabel')
    PrivateData          = @{
        PSData = @{
            Tags         = @('medical-imaging', 'segmentation', 'DICOM', 'deep-learning', 'MRI', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
