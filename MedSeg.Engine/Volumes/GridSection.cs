namespace MedSeg.Volumes;

/// <summary>The section of a voxel grid that a slice shows, in voxel indices.</summary>
/// <param name="First">The position of the first pixel.</param>
/// <param name="Column">The step from a pixel to the next in its row.</param>
/// <param name="Row">The step from a pixel to the next in its column.</param>
/// <param name="Across">The axis perpendicular to the slice, from 0 to 2.</param>
/// <param name="Plane">The index along that axis.</param>
internal readonly record struct GridSection(Vector3D First, Vector3D Column, Vector3D Row, int Across, int Plane)
{
    /// <summary>Finds the nearest voxel of each pixel.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="counts">The number of voxels along each axis.</param>
    /// <param name="voxels">Receives the index of each pixel's voxel in the volume, whose first axis varies fastest; -1 outside of it.</param>
    /// <returns>The number of pixels inside of the volume.</returns>
    public int Sample(in ImagePlane slice, int[] counts, long[] voxels)
    {
        int inside = 0;
        int pixel = 0;
        for (int row = 0; row < slice.Rows; row++)
        {
            Vector3D start = First + (row * Row);
            for (int column = 0; column < slice.Columns; column++, pixel++)
            {
                long voxel = IndexOf(start + (column * Column), counts);
                voxels[pixel] = voxel;
                inside += voxel >= 0 ? 1 : 0;
            }
        }

        return inside;
    }

    /// <summary>Finds the voxels of a slice that has the pixels of the grid, so that no position has to be computed for each pixel.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="counts">The number of voxels along each axis.</param>
    /// <returns>The nearest voxel of each pixel; <see langword="null"/> if pixels are of another size or turned, or some are outside of the grid.</returns>
    public VolumeSection? ToVoxels(in ImagePlane slice, int[] counts)
    {
        // The sum of the steps must not lead to another voxel at the last pixel.
        const double Half = 0.49;
        (int column, int row) = (Dominant(Column), Dominant(Row));
        if (column == row || column == Across || row == Across)
        {
            return null;
        }

        Vector3D columnOff = Column - (Math.Sign(Column[column]) * Unit(column));
        Vector3D rowOff = Row - (Math.Sign(Row[row]) * Unit(row));
        foreach (int axis in (ReadOnlySpan<int>)[column, row])
        {
            double off = Math.Abs(First[axis] - Math.Round(First[axis])) + (Math.Abs(columnOff[axis]) * (slice.Columns - 1)) + (Math.Abs(rowOff[axis]) * (slice.Rows - 1));
            double last = Math.Round(First[axis]) + (axis == column ? Math.Sign(Column[column]) * (slice.Columns - 1) : Math.Sign(Row[row]) * (slice.Rows - 1));
            if (!(off < Half && Math.Round(First[axis]) >= 0 && Math.Round(First[axis]) < counts[axis] && last >= 0 && last < counts[axis]))
            {
                return null;
            }
        }

        long[] strides = [1, counts[0], (long)counts[0] * counts[1]];
        long first = ((long)Math.Round(First[column]) * strides[column]) + ((long)Math.Round(First[row]) * strides[row]) + (Plane * strides[Across]);
        return new VolumeSection(counts, first, Math.Sign(Column[column]) * strides[column], Math.Sign(Row[row]) * strides[row], Across, Plane);
    }

    /// <summary>Checks whether the slice and the grid have an area in common; a rectangle around the slice is compared.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="counts">The number of voxels along each axis.</param>
    /// <returns><see langword="false"/> if no pixel is inside of the grid.</returns>
    public bool Overlaps(in ImagePlane slice, int[] counts)
    {
        Vector3D right = (slice.Columns - 1) * Column;
        Vector3D down = (slice.Rows - 1) * Row;
        for (int axis = 0; axis < 3; axis++)
        {
            double low = First[axis] + Math.Min(0, right[axis]) + Math.Min(0, down[axis]);
            double high = First[axis] + Math.Max(0, right[axis]) + Math.Max(0, down[axis]);
            if (axis != Across && (high < -0.5 || low > counts[axis] - 0.5))
            {
                return false;
            }
        }

        return true;
    }

    private static int Dominant(Vector3D step) => Math.Abs(step.X) >= Math.Abs(step.Y) && Math.Abs(step.X) >= Math.Abs(step.Z) ? 0 : Math.Abs(step.Y) >= Math.Abs(step.Z) ? 1 : 2;

    private static Vector3D Unit(int axis) => new(axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 2 ? 1 : 0);

    private long IndexOf(Vector3D position, int[] counts)
    {
        long index = 0;
        for (int axis = 2; axis >= 0; axis--)
        {
            // Halves are rounded up, so that each voxel gets the same number of pixels of a finer image.
            double nearest = axis == Across ? Plane : Math.Floor(position[axis] + 0.5);
            if (!(nearest >= 0 && nearest < counts[axis]))
            {
                return -1;
            }

            index = (index * counts[axis]) + (long)nearest;
        }

        return index;
    }
}
