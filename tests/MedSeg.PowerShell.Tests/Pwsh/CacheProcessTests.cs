using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>A cache on disk between processes, and on a disk that is full.</summary>
public sealed class CacheProcessTests : IDisposable
{
    private const string Import = "(Import-MedSegDataset data/train -InputSize 64 -Cache Disk -Verbose).Count";
    private readonly PwshProcess _pwsh = new();

    public CacheProcessTests() => Assert.Equal(0, _pwsh.Run("-Command", "$null = New-MedSegDemoDataset data -Patients 4 -HeldOutPatients 1 -SlicesPerPatient 6").Code);

    private string CacheFolder => Path.Combine(_pwsh.Folder, "data", "train", ".medseg-cache");

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public async Task Two_processes_at_once_both_succeed_and_leave_a_cache_that_a_third_takes()
    {
        PwshResult[] results = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => _pwsh.Run("-Command", Import))));

        Assert.All(results, result => Assert.Equal(0, result.Code));
        Assert.All(results, result => Assert.EndsWith("\n24", result.Output.Trim().ReplaceLineEndings("\n"), StringComparison.Ordinal));
        Assert.EndsWith(".slices", Assert.Single(Directory.GetFiles(CacheFolder)), StringComparison.Ordinal);
        Assert.Contains("24 of 24 pairs were loaded from the cache", OneLine(_pwsh.Run("-Command", Import).Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_disk_is_an_error_that_says_what_to_do_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The size of files is limited with Linux's shell.");

        // 200 KiB, where 24 slices need 480; the runtime's own mapping of code would be a larger file.
        _pwsh.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using Process process = _pwsh.Start(["sh", "-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"", .. PwshProcess.CommandLine, "-Command", Import]);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = OneLine(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.DoesNotContain("24", await output, StringComparison.Ordinal);
        Assert.Contains("The cache of the data set could not be written", error, StringComparison.Ordinal);
        Assert.Contains("It requires 0.02 MB per slice. Recommendation: Free disk space, use -CachePath with a folder on another drive", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(CacheFolder));
    }

    // Errors are broken into lines behind a bar.
    private static string OneLine(string text) => Regex.Replace(text, @"[\s|]+", " ");
}
