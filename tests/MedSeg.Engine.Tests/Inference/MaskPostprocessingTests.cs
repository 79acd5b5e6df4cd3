using MedSeg.Inference;
using MedSeg.Models;

namespace MedSeg.Tests.Inference;

/// <summary>Stray pieces and holes.</summary>
public sealed class MaskPostprocessingTests
{
    [Fact]
    public void Largest_part_of_each_ROI_is_kept_and_corners_connect()
    {
        byte[] mask = Mask(
            "1..22.",
            ".1...2",
            "......",
            "1..2..",
            "3.....");

        MaskPostprocessing.Clean(mask, 6, Rules(new RoiPostProcessing { LargestComponent = true }), pixelArea: null);

        Assert.Equal(Mask(
            "1..22.",
            ".1...2",
            "......",
            "......",
            "3....."), mask);
    }

    [Fact]
    public void Holes_within_one_ROI_are_filled_and_nothing_else()
    {
        byte[] mask = Mask(
            "1.1.222.",
            "111.2.2.",
            "1.1.212.",
            "111.222.",
            "..111...",
            ".1..1122",
            ".11.1.22",
            "..11.122");

        MaskPostprocessing.Clean(mask, 8, Rules(new RoiPostProcessing { FillHoles = true }), pixelArea: null);

        // What two ROIs enclose is no hole, nor is what reaches the edge.
        Assert.Equal(Mask(
            "1.1.222.",
            "111.2.2.",
            "111.212.",
            "111.222.",
            "..111...",
            ".1111122",
            ".1111.22",
            "..11.122"), mask);
    }

    private static RoiPostProcessing[] Rules(RoiPostProcessing rule) => [rule, rule, rule];

    private static byte[] Mask(params string[] rows) => [.. string.Concat(rows).Select(c => c == '.' ? (byte)0 : (byte)(c - '0'))];
}
