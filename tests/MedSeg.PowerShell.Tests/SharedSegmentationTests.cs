using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>A segmentation that is shared out in parts: whole series, each in one part, and a part that is started again.</summary>
public sealed class SharedSegmentationTests : IDisposable
{
    private const string Invoke = "Invoke-MedSegSegmentation ./scans -Model models/medseg.safetensors -Device Cpu -BatchSize 1";
    private readonly ModuleSession _session = new();

    public SharedSegmentationTests()
    {
        _session.Run("$demo = New-MedSegDemoDataset -Path data -Patients 2 -HeldOutPatients 3 -SlicesPerPatient 2");
        _session.Run("Import-MedSegDataset data/train -InputSize 32 -LabelName $demo.LabelNames | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath models -Device Cpu");
        ModuleSession.CopyFolder(_session.PathOf("data", "heldout", "dicoms"), _session.PathOf("scans"));
        ModuleSession.CopyFolder(_session.PathOf("data", "train", "dicoms"), _session.PathOf("scans"), "P02_S01*");
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_series_is_in_one_part_and_the_masks_are_those_of_one_run()
    {
        _session.Run($"{Invoke} -OutputPath whole");
        string[][] parts = [.. Enumerable.Range(1, 3).Select(part => _session.Run($"({Invoke} -OutputPath masks -Part {part} -Parts 3).Name").Select(name => name.ToString()).ToArray())];

        // Three series of two slices and one of one slice: the short one goes to the first of the parts that have the fewest slices.
        Assert.Equal([3, 2, 2], parts.Select(names => names.Length));
        Assert.All(parts, names => Assert.All(names.GroupBy(name => name[..3]), series => Assert.Equal(series.Key == "P02" ? 1 : 2, series.Count())));
        string[] whole = Directory.GetFiles(_session.PathOf("whole"));
        Assert.Equal(whole.Select(Path.GetFileName).Order(), parts.SelectMany(names => names).Select(name => name + ".png").Order());
        Assert.All(whole, path => Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_session.PathOf("masks", Path.GetFileName(path)))));
        Assert.Empty(_session.Run($"{Invoke} -OutputPath masks -Part 5 -Parts 9"));
    }

    [Fact]
    public void Part_that_was_interrupted_segments_only_what_is_missing()
    {
        const string part = $"{Invoke} -OutputPath masks -Part 1 -Parts 2 -Overlay -Verbose";
        string[] first = [.. _session.Run($"({part}).Name").Select(name => name.ToString())];
        Assert.Equal(4, first.Length);
        Assert.Equal(4, _session.Run($"{part} -Format Nifti").Count);
        string gone = _session.PathOf("masks", first[1] + ".png");
        byte[] before = File.ReadAllBytes(gone);
        File.Delete(gone);
        string kept = _session.PathOf("masks", first[0] + ".png");
        File.WriteAllText(kept, "kept");

        using System.Management.Automation.PowerShell shell = _session.Create($"({part}).Name");
        Assert.Equal(first[1], Assert.Single(shell.Invoke()).ToString());

        Assert.Empty(shell.Streams.Error);
        Assert.Contains(shell.Streams.Verbose, v => v.Message.EndsWith(": skipped, because its masks exist.", StringComparison.Ordinal));
        Assert.Contains(shell.Streams.Verbose, v => v.Message.StartsWith("1 slice of a series that was interrupted", StringComparison.Ordinal));
        Assert.Equal(before, File.ReadAllBytes(gone));
        Assert.Equal("kept", File.ReadAllText(kept));
        Assert.Empty(_session.Run($"{part} -Format Nifti"));
        Assert.Equal(first, _session.Run($"({part} -Force).Name").Select(name => name.ToString()));
        Assert.NotEqual("kept", File.ReadAllText(kept));
    }

    [Theory]
    [InlineData("-Part 2", "OptionMissing", "-Part was given without -Parts.")]
    [InlineData("-Parts 2", "OptionMissing", "-Parts was given without -Part.")]
    [InlineData("-Part 3 -Parts 2", "OptionOutOfRange", "-Part is 3, but there are only 2 parts.")]
    public void Parts_that_do_not_exist_are_refused(string given, string id, string message)
    {
        ErrorRecord error = _session.Fail($"{Invoke} -OutputPath masks {given}");

        Assert.Equal(id, ModuleSession.IdOf(error));
        Assert.Equal(message, error.ErrorDetails.Message);
    }
}
