using System.Text;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>What the files of all commands say about where they were made, and by whom.</summary>
public sealed class PrivacyTests : IDisposable
{
    private const string Mark = "Zxyq7folder";
    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void No_file_names_a_folder_the_computer_or_a_patient()
    {
        Assert.Equal(0, _pwsh.Run("-Command", $"$null = New-MedSegDemoDataset {Mark}/data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 3").Code);
        foreach (string path in Directory.GetFiles(Path.Combine(_pwsh.Folder, Mark, "data"), "*.dcm", SearchOption.AllDirectories))
        {
            PatientMarks.Plant(path, patient: Path.GetFileName(path)[..3]);
        }

        string script = _pwsh.Script("""
            $ErrorActionPreference = 'Stop'
            $ProgressPreference = 'SilentlyContinue'
            Copy-Item data/train/labels/P01_S01.png data/train/labels/P02_S02.png
            'Name,Fold' > folds.csv
            1..3 | ForEach-Object { "P01_S0$_,1", "P02_S0$_,2", "P03_S0$_,1" } >> folds.csv
            $import = @{ Path = 'data/train'; InputSize = 32; CachePath = 'out/cache'; Cache = 'Disk' }
            $set = Import-MedSegDataset @import -ErrorAction Continue
            $set = Import-MedSegDataset @import -ErrorAction Continue
            $null = $set | Test-MedSegLabels -ReportPath out/labels.html
            $null = $set | Export-MedSegPreview -Path out/preview.png
            $train = @{ Epochs = 2; BaseWidth = 2; ReportInterval = 1; FoldPath = (Resolve-Path folds.csv).Path; TensorBoard = $true }
            $null = $set | Start-MedSegTraining -OutputPath out/m @train | Export-MedSegHistory -Path out/h.csv -PlotPath out/h.png -PassThru
            $null = $set | Invoke-MedSegCrossValidation -OutputPath out/cv -Epochs 1 -BaseWidth 2 -Folds 2 -ReportInterval 1
            $model = 'out/m/medseg.safetensors'
            $null = Export-MedSegModel $model -Format Onnx -OutputPath out/m.onnx
            $null = Export-MedSegModel $model -Format PyTorch -OutputPath out/m.pt
            $null = Import-MedSegModel out/m.pt -OutputPath out/imported.safetensors -Force
            $null = Export-MedSegOption $model -OutputPath out/o.psd1
            $null = Export-MedSegImage data/train/dicoms/P01_S01.dcm -OutputPath out/slice.png
            $null = Invoke-MedSegSegmentation data/heldout/dicoms -Model $model -OutputPath out/png -Overlay | Measure-MedSegArea -CsvPath out/area.csv
            $null = Invoke-MedSegSegmentation data/heldout/dicoms -Model out/m.onnx -OutputPath out/nii -Format Nifti
            $null = Invoke-MedSegSegmentation data/heldout/dicoms -Model $model -OutputPath out/seg -Format DicomSeg -Anonymous
            $held = Import-MedSegDataset data/heldout -InputSize 32
            $null = $held | Measure-MedSegModel -Model $model -PlotPath out/agree.png
            $null = Export-MedSegReport out/reports/run.html -MaskPath out/png -ImagePath data/heldout/dicoms
            $null = Export-MedSegReport out/reports/run.png -MaskPath out/png -ImagePath data/heldout/dicoms -ContactSheet
            $null = $set | Export-MedSegReport out/reports/set.html
            $null = Get-MedSegRun out/m | Export-MedSegReport out/reports/training.html -Dataset $set -FoldPath folds.csv
            $null = $set | Invoke-MedSegCrossValidation -OutputPath out/cv -Epochs 1 -BaseWidth 2 -Folds 2 -ReportInterval 1 -Resume | Export-MedSegReport out/reports/cv.html -Dataset $set
            """, Path.Combine(Mark, "all.ps1"));
        PwshResult run = _pwsh.Run("-Command", $"Set-Location {Mark}; & '{script}'");

        Assert.True(run.Code == 0, run.Error + run.Output);
        string[] files = Directory.GetFiles(Path.Combine(_pwsh.Folder, Mark, "out"), "*", SearchOption.AllDirectories);
        string[] expected = [".slices", ".html", ".png", ".csv", ".jsonl", ".json", ".safetensors", ".onnx", ".pt", ".psd1", ".gz", ".dcm", ".lock"];
        Assert.Empty(expected.Except(files.Select(Path.GetExtension), StringComparer.Ordinal));
        Assert.All(files, file =>
        {
            byte[] content = File.ReadAllBytes(file);
            Assert.Empty(PatientMarks.Find(content));
            Assert.False(Holds(content, Mark), $"{file} names the folder.");
            Assert.False(Holds(content, Path.GetFileName(_pwsh.Folder)), $"{file} names the folder above.");

            // A short name occurs in any file.
            Assert.False(Environment.MachineName.Length > 5 && Holds(content, Environment.MachineName), $"{file} names the computer.");
        });
    }

    private static bool Holds(byte[] content, string text) =>
        content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || content.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;
}
