using System.Text.RegularExpressions;
using MedSeg.PowerShell.Tests.Pwsh;

namespace MedSeg.PowerShell.Tests.Pester;

/// <summary>The tests in tests/Pester and in the examples: one here for each file of theirs.</summary>
public sealed partial class PesterTests(PesterFixture fixture) : IClassFixture<PesterFixture>
{
    public static TheoryData<string> Files() => [.. PesterFixture.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Pester_tests_pass(string file)
    {
        PwshResult result = await fixture.ResultOf(file);

        Match summary = Summary().Match(result.Output);
        Assert.True(summary.Success && result.Code == 0, $"{result.Output}\n{result.Error}");
        Assert.NotEqual("0", summary.Groups["passed"].Value);
        TestContext.Current.TestOutputHelper!.WriteLine(summary.Value);

        // What Pester left out is not passed over here: PSScriptAnalyzer, which NuGet does not have, is what the only such tests need.
        Assert.SkipWhen(summary.Groups["skipped"].Value != "0", $"{file}: {summary.Value.Trim()}. PSScriptAnalyzer is not installed: its tests were left out.");
    }

    [GeneratedRegex(@"^(?<passed>\d+) passed, 0 failed, (?<skipped>\d+) skipped\r?$", RegexOptions.Multiline)]
    private static partial Regex Summary();
}
