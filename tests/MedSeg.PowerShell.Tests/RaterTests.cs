using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Compare-MedSegMask and New-MedSegConsensusMask at the prompt.</summary>
public sealed class RaterTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public RaterTests() => _session.Run("""
        $null = New-MedSegDemoDataset ./data -Patients 3 -HeldOutPatients 1 -SlicesPerPatient 2
        Copy-Item ./data/train/labels ./second -Recurse
        """);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Compare-MedSegMask ./data/train/labels ./second -ImagePath ./data/train/dicoms")]
    [InlineData("Compare-MedSegMask ./data/train/labels, ./second -ImagePath ./data/train/dicoms")]
    [InlineData("Get-Item ./data/train/labels, ./second | Compare-MedSegMask -ImagePath ./data/train/dicoms")]
    [InlineData("Compare-MedSegMask -Path ./data/train/labels, ./sec* -ImagePath ./data/train/dicoms")]
    public void Folders_are_given_with_or_without_commas_or_piped(string command)
    {
        string[] found = [.. _session.Run(command + " | ForEach-Object { '{0} {1} {2} {3} {4}' -f $_.RaterA, $_.RaterB, $_.Slices, $_.Patients, $_.Unit }").Select(o => o.ToString()).Distinct()];

        Assert.Equal(["labels second 6 3 mm"], found);
    }

    [Fact]
    public void Exported_columns_are_numbers()
    {
        PSObject[] rows = [.. _session.Run("Compare-MedSegMask ./data/train/labels ./second -ImagePath ./data/train/dicoms -EquivalencePercent 5 | Export-Csv a.csv; Import-Csv a.csv")];

        Assert.Equal(4, rows.Length);
        string[] text = ["Name", "Measure", "RaterA", "RaterB", "Unit", "MeasureUnit"];
        Assert.All(rows[0].Properties.Where(p => !text.Contains(p.Name)), p => Assert.Matches(@"^(-?\d+(\.\d+)?(E-?\d+)?)?$", (string)p.Value));
        Assert.Equal("1", rows[0].Properties["Dice"].Value);
        Assert.Equal("0", rows[0].Properties["EquivalenceP"].Value);
    }

    [Fact]
    public void Missing_mask_is_an_error_and_unknown_patients_a_warning_after_which_the_rest_is_compared()
    {
        using System.Management.Automation.PowerShell shell = _session.Create("""
            Remove-Item ./second/P01_S01.*
            Compare-MedSegMask ./data/train/labels ./second -BySlice
            """);

        int slices = shell.Invoke().Select(o => (string)o.Properties["Slice"].Value).Distinct().Count();

        Assert.Equal(5, slices);
        Assert.StartsWith("MaskMissing,", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("-PatientPattern", Assert.Single(shell.Streams.Warning).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_one_kind_are_reported_once_and_listed_with_Verbose()
    {
        using System.Management.Automation.PowerShell shell = _session.Create("""
            Remove-Item ./second/P0[12]_S01.*
            Compare-MedSegMask ./data/train/labels ./second -PatientPattern '^[^_]+' -BySlice -Verbose
            """);

        int slices = shell.Invoke().Select(o => (string)o.Properties["Slice"].Value).Distinct().Count();

        Assert.Equal(4, slices);
        Assert.Contains("second has no mask named P01_S01", Assert.Single(shell.Streams.Error).ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("found once more; -Verbose", shell.Streams.Error[0].ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(shell.Streams.Verbose, record => record.Message.Contains("P02_S01", StringComparison.Ordinal));
    }

    [Fact]
    public void Consensus_masks_train()
    {
        PSObject[] found = [.. _session.Run("""
            $masks = New-MedSegConsensusMask ./data/train/labels ./second -OutputPath ./consensus -RaterName a, b
            $masks.Count
            (Import-MedSegDataset -DicomPath ./data/train/dicoms -LabelPath ./consensus).Count
            """)];

        Assert.Equal([6, 6], found.Select(o => o.BaseObject));
    }

    [Fact]
    public void Nothing_is_written_with_WhatIf()
    {
        Assert.Empty(_session.Run("New-MedSegConsensusMask ./data/train/labels ./second -OutputPath ./consensus -WhatIf"));
        Assert.False(Directory.Exists(_session.PathOf("consensus")));
    }
}
