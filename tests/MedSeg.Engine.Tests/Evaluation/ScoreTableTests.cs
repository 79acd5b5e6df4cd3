using MedSeg.Evaluation;

namespace MedSeg.Tests.Evaluation;

/// <summary>The scores of an ROI over slices and patients.</summary>
public sealed class ScoreTableTests
{
    [Fact]
    public void Areas_agree_as_the_table_of_Weir_2005_does()
    {
        double[][] squats = [[146, 140], [148, 152], [170, 152], [90, 99], [157, 145], [156, 153], [176, 167], [205, 218]];
        CaseScore[] slices = [.. squats.Select((pair, i) => Score($"{i}", pair[0], pair[1]))];

        ModelScore found = ScoreTable.Summarize(slices, slices, seed: 0);

        Assert.Equal(7.6, found.Sem!.Value, 0.05);
        Assert.Equal(20.9, found.Mdc!.Value, 0.05);
        Assert.Equal(0.95, found.Icc31!.Value, 0.005);
        Assert.Equal(-2.75, found.AreaBias!.Value, 1e-12);
        Assert.Equal((found.AreaBias - found.AreaLimit)!.Value, found.AreaLowerLimit!.Value, 1e-9);
        Assert.Equal((found.AreaBias + found.AreaLimit)!.Value, found.AreaUpperLimit!.Value, 1e-9);
        Assert.InRange(0, found.AreaBiasLow!.Value, found.AreaBiasHigh!.Value);
    }

    [Fact]
    public void Slices_of_a_patient_widen_the_limits_and_not_the_number_of_patients()
    {
        CaseScore[] slices = [.. Enumerable.Range(0, 24).Select(i => Score($"{i / 6}", 100 + i, 100 + i + (10 * (i / 6))))];

        ModelScore found = ScoreTable.Summarize(slices, [.. slices.DistinctBy(s => s.Patient)], seed: 0);

        Assert.True(found.AreaUpperLimit - found.AreaBias > found.AreaLimit * 1.1, $"{found.AreaUpperLimit} {found.AreaLimit}");
        Assert.Equal(4, found.Patients);
    }

    [Fact]
    public void Without_pixel_spacing_there_are_no_areas_and_no_distances()
    {
        ModelScore found = ScoreTable.Summarize([Score("1", null, null), Score("2", null, null)], [], seed: 0);

        Assert.Equal((null, null, null, 0), (found.AreaBias, found.Icc21, found.Hausdorff95, found.DistanceSlices));
        Assert.Equal(0.5, found.Dice);
    }

    private static CaseScore Score(string patient, double? truth, double? found) => new()
    {
        Patient = patient,
        Slice = patient,
        Roi = 1,
        Name = "A",
        TruthPixels = 1,
        FoundPixels = 1,
        TruthArea = truth,
        FoundArea = found,
        Dice = 0.5,
    };
}
