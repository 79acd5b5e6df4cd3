using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Test-MedSegLabels of the built module, on masks that were altered on disk.</summary>
public sealed class LabelInspectionTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public LabelInspectionTests()
    {
        _session.Run("New-MedSegDemoDataset -Path data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 6");

        // One patient's slices as they would be after the masks of two were mixed up.
        string labels = Path.Combine(_session.Folder, "data", "train", "labels");
        File.Copy(Path.Combine(labels, "P01_S01.png"), Path.Combine(labels, "P01_S06.png"), overwrite: true);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Mistake_is_reported_shown_and_makes_quiet_false()
    {
        const string import = "Import-MedSegDataset ./data/train -InputSize 64";
        string[] suspect = [.. _session.Run($"({import} | Test-MedSegLabels -ReportPath page.html).Where({{ $_.IsSuspect }}).Name").Select(o => (string)o.BaseObject)];

        Assert.Contains("P01_S06", suspect);
        Assert.Contains("MaskTwice", File.ReadAllText(Path.Combine(_session.Folder, "page.html")), StringComparison.Ordinal);
        Assert.Equal(false, Assert.Single(_session.Run($"{import} | Test-MedSegLabels -Quiet")).BaseObject);
        PSObject summary = Assert.Single(_session.Run($"{import} | Test-MedSegLabels -Summary"));
        Assert.Equal(suspect.Length, summary.Properties["Suspect"].Value);
    }

    [Fact]
    public void Page_is_not_replaced_without_force()
    {
        File.WriteAllText(Path.Combine(_session.Folder, "page.html"), "mine");

        ErrorRecord error = _session.Fail("Import-MedSegDataset ./data/train -InputSize 64 | Test-MedSegLabels -ReportPath page.html");

        Assert.Equal("FileExists", ModuleSession.IdOf(error));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_session.Folder, "page.html")));
    }
}
