namespace MedSeg.PowerShell.Tests;

/// <summary>The aliases that the module exports.</summary>
public sealed class AliasTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Singular_noun_is_an_alias_of_the_plural_one()
    {
        Assert.Equal("Test-MedSegLabel Test-MedSegLabels", Assert.Single(_session.Run("(Get-Module MedSeg).ExportedAliases.Values | ForEach-Object { '{0} {1}' -f $_.Name, $_.ResolvedCommandName }")).BaseObject);
        _session.Run("$null = New-MedSegDemoDataset ./demo -Patients 1 -HeldOutPatients 1 -SlicesPerPatient 1");
        Assert.Single(_session.Run("Import-MedSegDataset ./demo/train -InputSize 32 | Test-MedSegLabel"));
    }
}
