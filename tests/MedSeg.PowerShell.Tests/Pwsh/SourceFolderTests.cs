namespace MedSeg.PowerShell.Tests.Pwsh;

/// <summary>The module's files in the source folder, which someone may try to import instead of the built module.</summary>
public sealed class SourceFolderTests : IDisposable
{
    private readonly PwshProcess _pwsh = new();

    public void Dispose() => _pwsh.Dispose();

    [Fact]
    public void Manifest_is_valid_and_import_says_how_to_build()
    {
        foreach (string name in (string[])["MedSeg.psd1", "MedSeg.psm1"])
        {
            File.WriteAllText(Path.Combine(_pwsh.Folder, name), PackageFixture.SourceText(name));
        }

        PwshResult result = _pwsh.Run(_pwsh.Script("""
            $ErrorActionPreference = 'Stop'
            "version: $((Test-ModuleManifest ./MedSeg.psd1).Version)"
            try { Import-Module ./MedSeg.psd1 } catch { "error: $_" }
            """));

        Assert.True(result.Code == 0, result.Error);
        Assert.Contains($"version: {PackageFixture.Version}", result.Output, StringComparison.Ordinal);
        Assert.Matches("error: .*MedSeg.PowerShell.dll does not exist.*dotnet build.*Import-Module ./out/MedSeg", result.Output.ReplaceLineEndings(" "));
    }
}
