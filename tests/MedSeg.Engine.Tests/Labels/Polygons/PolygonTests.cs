using MedSeg.Labels.Polygons;

namespace MedSeg.Tests.Labels.Polygons;

/// <summary>Outlines of masks and masks of outlines are inverse to each other.</summary>
public sealed class PolygonTests
{
    [Fact]
    public void Outlines_of_a_mask_enclose_exactly_its_pixels()
    {
        var random = new Random(20);
        for (int run = 0; run < 400; run++)
        {
            (int rows, int columns) = (random.Next(1, 24), random.Next(1, 24));
            byte[] mask = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)(random.Next(100) < 20 + run % 70 ? 3 : random.Next(3)))];

            IReadOnlyList<PolygonPoint[]> rings = MaskContours.Trace(mask, columns, 3);
            IReadOnlyList<PolygonPoint[]> keyed = ContourKeyholes.Join(rings);

            int[] expected = Array.ConvertAll(mask, value => value == 3 ? 1 : 0);
            Assert.Equal(expected, Fill(rings, rows, columns));
            Assert.Equal(expected, Fill(keyed, rows, columns));
            Assert.Equal(keyed.Count, rings.Count(ring => MaskContours.SignedArea(ring) > 0));
        }
    }

    [Fact]
    public void A_hole_is_a_keyhole_and_an_island_in_it_is_a_contour()
    {
        byte[] mask = new byte[9 * 9];
        for (int i = 0; i < mask.Length; i++)
        {
            int distance = Math.Max(Math.Abs((i / 9) - 4), Math.Abs((i % 9) - 4));
            mask[i] = distance is 3 or 0 ? (byte)1 : (byte)0;
        }

        IReadOnlyList<PolygonPoint[]> rings = MaskContours.Trace(mask, 9, 1);
        PolygonPoint[][] keyed = [.. ContourKeyholes.Join(rings).OrderByDescending(ring => ring.Length)];

        Assert.Equal(3, rings.Count);
        Assert.Equal(2, keyed.Length);

        // Eight corners each, and the ends of the channel twice.
        Assert.Equal([18, 4], keyed.Select(ring => ring.Length));
        Assert.Equal(2, keyed[0].GroupBy(point => point).Count(group => group.Count() == 2));
    }

    [Fact]
    public void Pixels_that_touch_at_a_corner_have_outlines_of_their_own()
    {
        Assert.Equal(2, MaskContours.Trace([1, 0, 0, 1], 2, 1).Count);
        Assert.Equal(2, ContourKeyholes.Join(MaskContours.Trace([0, 1, 1, 0], 2, 1)).Count);
    }

    [Fact]
    public void Polygons_that_share_an_edge_share_no_pixel_and_leave_none_out()
    {
        // The common edge runs through centres of pixels.
        PolygonPoint[] left = [new(0, 0), new(4, 0), new(8, 8), new(0, 8)];
        PolygonPoint[] right = [new(4, 0), new(8, 0), new(8, 8)];

        int[] both = Fill([left], 9, 9).Zip(Fill([right], 9, 9), (a, b) => a + b).ToArray();

        Assert.Equal(64, both.Sum());
        Assert.All(both, count => Assert.InRange(count, 0, 1));
    }

    [Fact]
    public void A_polygon_outside_of_the_image_or_of_no_area_fills_nothing()
    {
        Assert.Equal(0, Fill([[new(-9, -9), new(-5, -9), new(-5, 40)], [new(2, 2), new(2, 2)], [new(1, 1)], []], 8, 8).Sum());
        Assert.Equal(64, Fill([[new(-1e6, -1e6), new(1e6, -1e6), new(1e6, 1e6), new(-1e6, 1e6)]], 8, 8).Sum());
    }

    [Fact]
    public void Edges_without_end_are_refused()
    {
        PolygonPoint[] zigzag = [.. Enumerable.Range(0, 100_000).Select(i => new PolygonPoint(i % 7, i % 2 == 0 ? -10 : 10))];

        Assert.False(PolygonRasterizer.TryFill([zigzag], 8, 8, new int[64]));
    }

    private static int[] Fill(IReadOnlyList<PolygonPoint[]> rings, int rows, int columns)
    {
        int[] pixels = new int[rows * columns];
        Assert.True(PolygonRasterizer.TryFill(rings, rows, columns, pixels));
        return pixels;
    }
}
