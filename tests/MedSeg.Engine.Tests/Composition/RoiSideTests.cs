using MedSeg.Composition;

namespace MedSeg.Tests.Composition;

/// <summary>The left and the right part of ROIs.</summary>
public sealed class RoiSideTests : PhantomTests
{
    [Theory]
    [InlineData(1, BodySide.Left)]
    [InlineData(-1, BodySide.Right)]
    public void ROI_without_a_side_in_its_name_is_divided_by_the_patients_axis(int direction, BodySide atHighColumns)
    {
        // ROI 1 has columns 10 to 49 of 80: 30 are below the middle of 39.5, and 10 above it.
        AddSlice("P01_S01", 0, 0.25, direction: direction);

        RoiComposition[] muscle = [.. Measure(new CompositionOptions { SideSource = SideSource.Position, Erosion = 1 }).Slices.Where(s => s.Roi == 1)];

        RoiComposition high = Assert.Single(muscle, s => s.Side == atHighColumns);
        RoiComposition low = Assert.Single(muscle, s => s.Side != atHighColumns);
        Assert.Equal((400L, 1200L), (high.Pixels, low.Pixels));
        Assert.Equal((44.5, 24.5), (high.CentroidColumn, low.CentroidColumn));

        // The middle line is no edge: 38 rows of 9 and 29 columns are left.
        Assert.Equal((38L * 9, 38L * 29), (high.MeasuredPixels, low.MeasuredPixels));
    }

    [Fact]
    public void Sides_have_their_own_fat_and_sum_up_to_the_whole()
    {
        AddSlice("P01_S01", 0, 0.25);
        AddSlice("P01_S02", 1, 0.25);
        CompositionOptions options = new() { FatMethod = FatMethod.Reference, ReferenceRoi = 2, ReferenceFraction = 0.6 };

        PatientComposition whole = Measure(options).Patients[0];
        PatientComposition[] sides = [.. Measure(options with { SideSource = SideSource.Position }).Patients.Where(p => p.Roi == 1)];

        Assert.Equal([BodySide.Left, BodySide.Right], sides.Select(s => s.Side!.Value).Order());
        Assert.Equal(whole.Volume!.Value, sides.Sum(s => s.Volume!.Value), 1e-6);
        Assert.All(sides, side => Assert.Equal(25, side.FatPercent!.Value, 1e-9));
    }

    [Theory]
    [InlineData("Left psoas", BodySide.Left)]
    [InlineData("psoas_R", BodySide.Right)]
    [InlineData("rt multifidus", BodySide.Right)]
    [InlineData("MF-l", BodySide.Left)]
    [InlineData("Rectus", null)]
    [InlineData("L4", null)]
    [InlineData("left and right psoas", null)]
    public void Side_is_a_word_of_the_name(string name, BodySide? side) => Assert.Equal(side, RoiSides.OfName(name));
}
