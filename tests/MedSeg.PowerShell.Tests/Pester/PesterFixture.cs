using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Pester;

/// <summary>Runs all Pester files in the real pwsh, each in a process of its own and two at a time.</summary>
public sealed class PesterFixture : IDisposable
{
    private readonly SemaphoreSlim _places = new(2);
    private readonly PwshProcess _pwsh = new();
    private readonly Dictionary<string, Task<PwshResult>> _runs;

    public PesterFixture() => _runs = Files.ToDictionary(file => file, file => Task.Run(() => RunAsync(file)));

    /// <summary>Gets the paths of the files, relative to the repository.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. ((string[])["tests/Pester", "examples"])
            .SelectMany(folder => Directory.GetFiles(Path.Combine(PwshProcess.RepositoryRoot, folder), "*.Tests.ps1", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(PwshProcess.RepositoryRoot, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Task.WaitAll([.. _runs.Values]);
        _places.Dispose();
        _pwsh.Dispose();
    }

    /// <summary>Waits for a file's run.</summary>
    internal Task<PwshResult> ResultOf(string file) => _runs[file];

    private async Task<PwshResult> RunAsync(string file)
    {
        await _places.WaitAsync();
        try
        {
            return _pwsh.Run(
                Path.Combine(PwshProcess.RepositoryRoot, "tests", "Pester", "Run.ps1"),
                "-ModulePath", ModuleSession.Setting("ModulePath"),
                "-Pester", ModuleSession.Setting("PesterPath"),
                "-Path", Path.Combine(PwshProcess.RepositoryRoot, file),
                "-Output", "Detailed");
        }
        finally
        {
            _places.Release();
        }
    }
}
