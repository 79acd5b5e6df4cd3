using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>Import-MedSegDataset -Cache Disk of the built module.</summary>
public sealed class CacheTests(DemoFixture demo) : IClassFixture<DemoFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Second_import_tells_that_all_was_taken_and_both_train_as_without_a_cache()
    {
        demo.CopyTo(_session.PathOf("train"));
        const string train = "Start-MedSegTraining -Epochs 2 -ReportInterval 1 -BaseWidth 2 -Seed 3 -Force -OutputPath";

        double[] memory = Losses($"Import-MedSegDataset ./train -InputSize 32 | {train} m0");
        double[] first = Losses($"Import-MedSegDataset ./train -InputSize 32 -Cache Disk | {train} m1");
        double[] second = Losses($"Import-MedSegDataset ./train -InputSize 32 -Cache Disk | {train} m2");

        Assert.Equal(2, memory.Length);
        Assert.Equal(memory, first);
        Assert.Equal(memory, second);
        Assert.Contains(Verbose("Import-MedSegDataset ./train -InputSize 32 -Cache Disk -Verbose"), line => line.Contains("4 of 4 pairs were taken from the cache, 0 decoded", StringComparison.Ordinal));
    }

    [Fact]
    public void Cache_that_is_cut_short_or_of_other_settings_is_made_anew_and_said_so()
    {
        demo.CopyTo(_session.PathOf("train"));
        const string import = "Import-MedSegDataset ./train -InputSize 32 -Cache Disk -CachePath cache -Verbose";
        Assert.Contains(Verbose(import), line => line.Contains("there is no cache of this data set and these settings yet", StringComparison.Ordinal));
        string path = Assert.Single(Directory.GetFiles(_session.PathOf("cache")));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);

        string[] cut = Verbose(import);
        string[] other = Verbose($"{import} -Normalization ZScore");

        Assert.Contains(cut, line => line.StartsWith(path, StringComparison.Ordinal) && line.Contains("is cut short; it is made anew", StringComparison.Ordinal));
        Assert.Contains(other, line => line.Contains("0 of 4 pairs were taken from the cache, 4 decoded", StringComparison.Ordinal));
        Assert.Equal("Disk", Assert.Single(_session.Run("[string] [MedSeg.DatasetCache]::Disk")).BaseObject);
    }

    [Fact]
    public void Place_that_cannot_be_written_is_one_terminating_error()
    {
        demo.CopyTo(_session.PathOf("train"));
        File.WriteAllText(_session.PathOf("cache"), "a file where the folder is to be");

        ErrorRecord error = _session.Fail("Import-MedSegDataset ./train -InputSize 32 -Cache Disk -CachePath cache");

        Assert.Equal(("CacheNotWritable", ErrorCategory.WriteError), (ModuleSession.IdOf(error), error.CategoryInfo.Category));
        Assert.Contains("-CachePath", error.Exception.Message, StringComparison.Ordinal);
    }

    private double[] Losses(string script) => [.. _session.Run($"({script}).Loss").Select(loss => (double)loss.BaseObject)];

    private string[] Verbose(string script)
    {
        using System.Management.Automation.PowerShell shell = _session.Create(script);
        Assert.Single(shell.Invoke());
        return [.. shell.Streams.Verbose.Select(record => record.Message)];
    }
}
