using System.Buffers.Binary;

namespace MedSeg.Volumes;

/// <summary>Creates the header of a NIfTI-1 file of unsigned 8-bit labels, with its position as sform and qform.</summary>
internal static class NiftiHeaderWriter
{
    private const int HeaderLength = 348;
    private const int DataOffset = 352;
    private const double OrthogonalTolerance = 1e-3;

    /// <summary>Creates the header and the empty extension that follows it.</summary>
    /// <param name="origin">The centre of the first voxel, in mm, in DICOM's coordinates.</param>
    /// <param name="steps">The three steps from a voxel to the next along each axis, in mm.</param>
    /// <param name="counts">The number of voxels along each axis, at most 32767 each.</param>
    /// <returns>352 bytes.</returns>
    public static byte[] Create(Vector3D origin, Vector3D[] steps, int[] counts)
    {
        byte[] header = Start(counts);

        // In DICOM x points to the left and y to the back, in NIfTI to the right and to the front.
        Vector3D start = ToNifti(origin);
        Vector3D[] axes = Array.ConvertAll(steps, ToNifti);
        Int16(header, 254, 1); // sform: scanner coordinates
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 3; column++)
            {
                Single(header, 280 + (16 * row) + (4 * column), axes[column][row]);
            }

            Single(header, 280 + (16 * row) + 12, start[row]);
        }

        Vector3D z = Unit(axes[2]);
        double hand = Unit(axes[0]).Cross(Unit(axes[1])).Dot(z);
        double sign = hand < 0 ? -1 : 1;
        WriteSizes(header, sign, axes);

        // Axes that are not orthogonal have no quaternion; then only the sform is set.
        if (Math.Abs(hand) >= 1 - OrthogonalTolerance)
        {
            WriteQuaternion(header, start, axes[0], axes[1], sign * z);
        }

        return header;
    }

    /// <summary>Creates the header of labels on the grid of a volume of another format, and the empty extension that follows it.</summary>
    /// <param name="geometry">The volume, at most 32767 voxels along each axis. Without a position, neither sform nor qform is set.</param>
    /// <returns>352 bytes.</returns>
    public static byte[] Create(VolumeGeometry geometry)
    {
        if (geometry.IsPlaced)
        {
            return Create(geometry.Origin, geometry.Steps, geometry.Counts);
        }

        byte[] header = Start(geometry.Counts);
        WriteSizes(header, 1, geometry.Steps);
        return header;
    }

    /// <summary>Makes the header of intensities, signed 16-bit, from that of labels.</summary>
    /// <param name="header">A header that <see cref="Create(Vector3D, Vector3D[], int[])"/> returned.</param>
    /// <param name="slope">What a stored value is multiplied by.</param>
    /// <param name="intercept">What is added then.</param>
    /// <returns>352 bytes.</returns>
    public static byte[] OfInt16(byte[] header, double slope, double intercept)
    {
        byte[] image = [.. header];
        Int16(image, 68, 0);
        Int16(image, 70, 4); // DT_INT16
        Int16(image, 72, 16);
        Single(image, 112, slope);
        Single(image, 116, intercept);
        return image;
    }

    /// <summary>
    /// Creates the header of a single slice of unknown thickness: two axes, with a third size of 0. The qform has its
    /// position and orientation; an sform would need the thickness.
    /// </summary>
    /// <param name="plane">The plane of the slice.</param>
    /// <returns>352 bytes.</returns>
    public static byte[] CreateFlat(in ImagePlane plane)
    {
        byte[] header = Start([plane.Columns, plane.Rows]);
        Vector3D x = ToNifti(plane.ColumnStep);
        Vector3D y = ToNifti(plane.RowStep);
        WriteSizes(header, 1, [x, y]);
        WriteQuaternion(header, ToNifti(plane.Origin), x, y, Unit(x.Cross(y)));
        return header;
    }

    private static byte[] Start(int[] counts)
    {
        byte[] header = new byte[DataOffset];
        Int32(header, 0, HeaderLength);
        Int16(header, 40, counts.Length);
        for (int axis = 0; axis < 7; axis++)
        {
            Int16(header, 42 + (2 * axis), axis < counts.Length ? counts[axis] : 1);
        }

        Int16(header, 68, 1002); // NIFTI_INTENT_LABEL
        Int16(header, 70, 2); // DT_UINT8
        Int16(header, 72, 8);
        Single(header, 108, DataOffset);
        Single(header, 112, 1);
        header[123] = 2; // millimetres
        "n+1\0"u8.CopyTo(header.AsSpan(344));
        return header;
    }

    private static void WriteSizes(byte[] header, double sign, Vector3D[] axes)
    {
        Single(header, 76, sign); // qfac
        for (int axis = 0; axis < axes.Length; axis++)
        {
            Single(header, 80 + (4 * axis), axes[axis].Length);
        }
    }

    private static Vector3D ToNifti(Vector3D v) => new(-v.X, -v.Y, v.Z);

    private static Vector3D Unit(Vector3D v) => 1 / v.Length * v;

    // The method of nifti1.h; z is a unit vector that completes a right-handed system.
    private static void WriteQuaternion(byte[] header, Vector3D start, Vector3D x, Vector3D y, Vector3D z)
    {
        (double b, double c, double d) = Quaternion(Unit(x), Unit(y), z);
        Int16(header, 252, 1); // qform: scanner coordinates
        double[] values = [b, c, d, start.X, start.Y, start.Z];
        for (int i = 0; i < values.Length; i++)
        {
            Single(header, 256 + (4 * i), values[i]);
        }
    }

    private static (double B, double C, double D) Quaternion(Vector3D x, Vector3D y, Vector3D z)
    {
        double trace = 1 + x.X + y.Y + z.Z;
        if (trace > 0.5)
        {
            double a = 0.5 * Math.Sqrt(trace);
            return (0.25 * (y.Z - z.Y) / a, 0.25 * (z.X - x.Z) / a, 0.25 * (x.Y - y.X) / a);
        }

        double xd = 1 + x.X - (y.Y + z.Z);
        double yd = 1 + y.Y - (x.X + z.Z);
        double zd = 1 + z.Z - (x.X + y.Y);
        (double a, double b, double c, double d) q;
        if (xd > 1)
        {
            double b = 0.5 * Math.Sqrt(xd);
            q = (0.25 * (y.Z - z.Y) / b, b, 0.25 * (y.X + x.Y) / b, 0.25 * (z.X + x.Z) / b);
        }
        else if (yd > 1)
        {
            double c = 0.5 * Math.Sqrt(yd);
            q = (0.25 * (z.X - x.Z) / c, 0.25 * (y.X + x.Y) / c, c, 0.25 * (z.Y + y.Z) / c);
        }
        else
        {
            double d = 0.5 * Math.Sqrt(zd);
            q = (0.25 * (x.Y - y.X) / d, 0.25 * (z.X + x.Z) / d, 0.25 * (z.Y + y.Z) / d, d);
        }

        return q.a < 0 ? (-q.b, -q.c, -q.d) : (q.b, q.c, q.d);
    }

    private static void Int16(byte[] header, int offset, int value) => BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(offset), checked((short)value));

    private static void Int32(byte[] header, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(offset), value);

    private static void Single(byte[] header, int offset, double value) => BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(offset), (float)value);
}
