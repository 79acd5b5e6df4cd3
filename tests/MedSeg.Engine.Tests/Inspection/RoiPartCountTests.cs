using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Inspection;

namespace MedSeg.Tests.Inspection;

/// <summary>How often labels are in several parts.</summary>
public sealed class RoiPartCountTests
{
    private const int Side = 32;

    [Fact]
    public void Slices_whose_ROI_has_a_second_part_are_counted_and_stray_pixels_are_not()
    {
        Sample[] samples =
        [
            Slice("whole", (2, 2, 10)),
            Slice("stray", (2, 2, 10), (20, 20, 2)),
            Slice("left and right", (2, 2, 10), (18, 18, 10)),
            Slice("large and small", (2, 2, 10), (18, 18, 3)),
            Slice("none"),
        ];

        Assert.Equal(new RoiPartCount(4, 2), RoiPartCount.Of(samples, 1));
        Assert.Equal(new RoiPartCount(0, 0), RoiPartCount.Of(samples, 2));
        Assert.Equal([new RoiPartCount(4, 2), new RoiPartCount(0, 0)], TrainingDataProfile.Of(samples, Side, TestContext.Current.CancellationToken)!.RoiParts!);
    }

    [Fact]
    public void Profile_recognizes_its_own_slices_and_no_others()
    {
        Sample[] samples = [Slice("a", (2, 2, 10)), Slice("b", (4, 4, 12)), Slice("c", (8, 8, 6))];
        TrainingDataProfile profile = TrainingDataProfile.Of(samples, Side, TestContext.Current.CancellationToken)!;

        Assert.True(TrainingDataProfile.Of([.. samples.Reverse()], Side, TestContext.Current.CancellationToken)!.IsOfSameSlices(profile));
        Assert.False(TrainingDataProfile.Of(samples[..2], Side, TestContext.Current.CancellationToken)!.IsOfSameSlices(profile));
        Assert.False(TrainingDataProfile.Of([samples[0], samples[1], Slice("d", (9, 9, 6))], Side, TestContext.Current.CancellationToken)!.IsOfSameSlices(profile));
    }

    private static Sample Slice(string name, params (int Top, int Left, int Side)[] parts)
    {
        byte[] mask = new byte[Side * Side];
        foreach ((int top, int left, int side) in parts)
        {
            for (int row = top; row < top + side; row++)
            {
                mask.AsSpan((row * Side) + left, side).Fill(1);
            }
        }

        var image = new SliceImage { Name = name, Pixels = [.. mask.Select((v, i) => (100f * v) + (i % 7))], Rows = Side, Columns = Side };
        return InMemoryDataset.Create([new LabeledSlice(image, mask, name)], new InMemoryDatasetOptions { InputSize = Side, LabelNames = ["A", "B"] }).Samples[0];
    }
}
