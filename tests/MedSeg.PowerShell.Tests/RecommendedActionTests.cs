using System.Management.Automation;

namespace MedSeg.PowerShell.Tests;

/// <summary>The recommended action of an error is the advice that the engine gives where the fault is known.</summary>
public sealed class RecommendedActionTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Advice_is_the_recommended_action_and_not_in_the_message()
    {
        ErrorRecord error = _session.Fail("Get-MedSegImage -LiteralPath ./nosuch.dcm");

        Assert.Equal("Check the path.", error.ErrorDetails.RecommendedAction);
        Assert.DoesNotContain("Check the path", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal($"{error.ErrorDetails.Message} Check the path.", error.Exception.Message);
    }

    [Fact]
    public void Error_without_advice_leads_to_its_id_in_the_documentation()
    {
        ErrorRecord error = _session.Fail("Import-MedSegDataset ./data -LabelName (1..255)");

        Assert.Equal("RoiCountInvalid", ModuleSession.IdOf(error));
        Assert.Equal("See 'RoiCountInvalid' in docs/errors.md.", error.ErrorDetails.RecommendedAction);
        Assert.Equal(error.Exception.Message, error.ErrorDetails.Message);
    }
}
