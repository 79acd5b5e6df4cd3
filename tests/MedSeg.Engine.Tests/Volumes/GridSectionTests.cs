using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>The voxels of a slice with the pixels of a grid, found at once or pixel by pixel.</summary>
public sealed class GridSectionTests
{
    [Fact]
    public void Voxels_found_at_once_are_those_found_pixel_by_pixel()
    {
        var random = new Random(3);
        int atOnce = 0;
        for (int round = 0; round < 3000; round++)
        {
            int[] counts = [random.Next(3, 9), random.Next(3, 9), random.Next(3, 9)];
            int[] axes = [0, 1, 2];
            random.Shuffle(axes);
            Vector3D Step(int axis, double scale) => (random.Next(2) * 2 - 1) * scale * new Vector3D(axis == 0 ? 1 : Noise(), axis == 1 ? 1 : Noise(), axis == 2 ? 1 : Noise());
            double Noise() => round % 3 == 0 ? 0.06 * (random.NextDouble() - 0.5) : 0;
            double scale = round % 5 == 0 ? 1 + (0.2 * (random.NextDouble() - 0.5)) : 1;
            double offset = round % 2 == 0 ? 1.2 * (random.NextDouble() - 0.5) : 0;
            (Vector3D column, Vector3D row) = (Step(axes[0], scale), Step(axes[1], scale));
            double At(int axis) => (axis == axes[2] ? 0 : random.Next(counts[axis])) + (axis == axes[2] ? 0 : offset);
            var section = new GridSection(new Vector3D(At(0), At(1), At(2)), column, row, axes[2], random.Next(counts[axes[2]]));
            var slice = new ImagePlane(default, new(1, 0, 0), new(0, 1, 0), random.Next(1, 9), random.Next(1, 9));
            long[] expected = new long[slice.Rows * slice.Columns];
            section.Sample(slice, counts, expected);

            if (section.ToVoxels(slice, counts) is { } found)
            {
                atOnce++;
                Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => found.VoxelOf(i / slice.Columns, i % slice.Columns)));
                Assert.Equal((section.Across, section.Plane), (found.Across, found.Index));
            }
        }

        Assert.InRange(atOnce, 200, 2900);
    }

    [Theory]
    [InlineData(0, 0, 1, 1, true)]
    [InlineData(0.4, 0, 1, 1, true)]
    [InlineData(2, 1, 1, 1, false)]
    [InlineData(0, 0, 0.5, 1, false)]
    [InlineData(0, 0, 1, 2, false)]
    public void Only_pixels_of_the_grid_are_found_at_once(double x, double y, double columnStep, double rowStep, bool isFound)
    {
        var section = new GridSection(new Vector3D(x, y, 0), new(columnStep, 0, 0), new(0, rowStep, 0), 2, 1);

        VolumeSection? found = section.ToVoxels(new ImagePlane(default, new(1, 0, 0), new(0, 1, 0), 4, 5), [5, 4, 3]);

        Assert.Equal(isFound, found is not null);
    }
}
