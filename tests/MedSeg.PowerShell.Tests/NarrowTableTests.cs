namespace MedSeg.PowerShell.Tests;

/// <summary>Tables at a prompt of 80 columns.</summary>
public sealed class NarrowTableTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(3.2149, 2.8, 4.196, "3.21 (2.80–4.20)")]
    [InlineData(100.425, 72.478, 128.373, "100.4 (72.5–128.4)")]
    [InlineData(199.96, 168.01, 214.196, "200.0 (168.0–214.2)")]
    public void Distances_of_a_model_keep_all_digits(double distance, double low, double high, string shown)
    {
        string script = FormattableString.Invariant($$"""
            [pscustomobject] @{ PSTypeName = 'MedSeg.Evaluation.ModelScore'; Name = 'Left multifidus'; Slices = 123456
                Dice = 0.9876; DiceLow = 0.9765; DiceHigh = 0.9987; PatientDice = 0.9876; PatientDiceLow = 0.9765; PatientDiceHigh = 0.9987
                Hausdorff95 = {{distance}}; Hausdorff95Low = {{low}}; Hausdorff95High = {{high}}; SurfaceDistance = 1.5; SurfaceDistanceLow = 1.25; SurfaceDistanceHigh = 1.75 }
            """);

        string table = Table(script);

        Assert.Contains(shown, table, StringComparison.Ordinal);
        Assert.Contains("123456 0.988 (0.977–0.999) 0.988 (0.977–0.999) ", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_on_labels_show_how_bad_the_worst_problem_is()
    {
        _session.Run("$null = New-MedSegDemoDataset demo -Patients 2 -HeldOutPatients 1 -SlicesPerPatient 1; Remove-Item demo/train/labels/P02_S01.*");

        string[] lines = Table("Import-MedSegDataset demo/train -InputSize 32 -ErrorAction Ignore | Test-MedSegLabels").Split('\n');

        Assert.Matches(@"^Name +Severity +Problems", lines[0]);
        Assert.Matches(@"^P02_S01 +Error +LabelMissing", lines[^1]);
        Assert.Matches(@"^P01_S01 +ROI 1", lines[^2]);
    }

    private string Table(string script) => string.Concat(_session.Run($"{script} | Format-Table | Out-String -Width 80").Select(text => text.ToString())).ReplaceLineEndings("\n").Trim('\n');
}
