namespace MedSeg.Volumes;

/// <summary>The voxels that the pixels of a slice show, in indices.</summary>
/// <param name="First">The index of the first pixel.</param>
/// <param name="Column">From a pixel to the next in its row.</param>
/// <param name="Row">From a pixel to the next in its column.</param>
/// <param name="Across">The axis across the slice.</param>
/// <param name="Plane">The index along that axis.</param>
internal readonly record struct GridSection(Vector3D First, Vector3D Column, Vector3D Row, int Across, int Plane)
{
    /// <summary>Finds the nearest voxel of each pixel.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="counts">The number of voxels along each axis.</param>
    /// <param name="voxels">Receives the voxel's index in the volume, whose first axis runs fastest, or -1 outside of it.</param>
    /// <returns>The number of pixels that lie in the volume.</returns>
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

    private long IndexOf(Vector3D place, int[] counts)
    {
        long index = 0;
        for (int axis = 2; axis >= 0; axis--)
        {
            // A half is rounded up, so that the pixels of a finer image share voxels evenly.
            double nearest = axis == Across ? Plane : Math.Floor(place[axis] + 0.5);
            if (!(nearest >= 0 && nearest < counts[axis]))
            {
                return -1;
            }

            index = (index * counts[axis]) + (long)nearest;
        }

        return index;
    }
}
