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
        Assert.Contains(Verbose("Import-MedSegDataset ./train -InputSize 32 -Cache Disk -Verbose"), line => line.Contains("4 of 4 pairs were loaded from the cache, 0 were decoded", StringComparison.Ordinal));
    }

    [Fact]
    public void Cache_that_is_truncated_or_of_other_settings_is_rebuilt_and_reported()
    {
        demo.CopyTo(_session.PathOf("train"));
        const string import = "Import-MedSegDataset ./train -InputSize 32 -Cache Disk -CachePath cache -Verbose";
        Assert.Contains(Verbose(import), line => line.Contains("There is no cache of this data set with these settings yet", StringComparison.Ordinal));
        string path = Assert.Single(Directory.GetFiles(_session.PathOf("cache")));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);

        string[] cut = Verbose(import);
        string[] other = Verbose($"{import} -Normalization ZScore");

        Assert.Contains(cut, line => line.StartsWith(path, StringComparison.Ordinal) && line.Contains("is truncated; it is rebuilt", StringComparison.Ordinal));
        Assert.Contains(other, line => line.Contains("0 of 4 pairs were loaded from the cache, 4 were decoded", StringComparison.Ordinal));
        Assert.Equal("Disk", Assert.Single(_session.Run("[string] [MedSeg.DatasetCache]::Disk")).BaseObject);
    }

    [Fact]
    public void Damaged_slice_ends_training_and_inspection_with_an_error_that_names_the_cache()
    {
        demo.CopyTo(_session.PathOf("train"));
        foreach (string file in Directory.GetFiles(_session.PathOf("train"), "*", SearchOption.AllDirectories))
        {
            // Files that are new are compared by their content, and the cache is renewed.
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        }

        const string import = "Import-MedSegDataset ./train -InputSize 32 -Cache Disk -CachePath cache";
        _session.Run(import);
        string path = Assert.Single(Directory.GetFiles(_session.PathOf("cache")));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[1000] ^= 0x10;
        File.WriteAllBytes(path, bytes);

        _session.Run($"$set = {import}");
        ErrorRecord training = _session.Fail("$set | Start-MedSegTraining -Epochs 1 -BaseWidth 2 -OutputPath models");
        ErrorRecord inspection = _session.Fail("$set | Test-MedSegLabels");
        string[] again = Verbose($"{import} -Verbose");

        Assert.Equal(("CacheDamaged", "CacheDamaged"), (ModuleSession.IdOf(training), ModuleSession.IdOf(inspection)));
        Assert.StartsWith(path, training.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(again, line => line.Contains("3 of 4 pairs were loaded from the cache, 1 were decoded", StringComparison.Ordinal));
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
