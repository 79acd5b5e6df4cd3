using System.Buffers.Binary;
using System.IO.Compression;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>The slices of a series as a volume of intensities, and a volume of 0 and 1 for each ROI, all compressed NIfTI-1 in base64.</summary>
internal sealed record ViewerVolume
{
    private const int LargestInt16 = short.MaxValue;

    /// <summary>Gets the name of the series.</summary>
    public required string Series { get; init; }

    /// <summary>Gets the names of the slices, in the order of their positions.</summary>
    public required IReadOnlyList<string> SliceNames { get; init; }

    /// <summary>Gets the intensities.</summary>
    public required string Scan { get; init; }

    /// <summary>Gets the masks of the ROIs that were found, by their numbers and names.</summary>
    public required IReadOnlyList<(int Roi, string Name, string Mask)> Rois { get; init; }

    /// <summary>Gets the axis of the patient that the slices follow each other along: 0 for left to right, 1 for back to front, 2 for feet to head.</summary>
    public required int Axis { get; init; }

    /// <summary>Gets a value indicating whether the slices go against that direction.</summary>
    public required bool IsReversed { get; init; }

    /// <summary>Gets a value indicating whether the files state where the slices are; otherwise sides of the patient are not known.</summary>
    public required bool IsPlaced { get; init; }

    /// <summary>Makes the volume.</summary>
    /// <param name="read">The slices of a series, all of one size, at least one, with their pixels and masks.</param>
    public static ViewerVolume Of((SegmentedSlice Slice, PicturedSlice Drawn)[] read)
    {
        read = Array.ConvertAll(SliceOrder.ByPosition(Array.ConvertAll(read, slice => slice.Slice)), i => read[i]);
        SegmentedSlice[] slices = Array.ConvertAll(read, slice => slice.Slice);
        PicturedSlice[] planes = Array.ConvertAll(read, slice => slice.Drawn);
        (Vector3D origin, Vector3D[] steps) = GridOf(planes);
        int[] counts = [planes[0].Columns, planes[0].Rows, planes.Length];
        byte[] header = NiftiHeaderWriter.Create(origin, steps, counts);

        // In DICOM's coordinates, x grows to the left and y to the back; the viewer counts to the right and to the front.
        Vector3D across = steps[2];
        int axis = Enumerable.Range(0, 3).MaxBy(i => Math.Abs(across[i]));
        return new ViewerVolume
        {
            Series = slices[0].Series,
            SliceNames = Array.ConvertAll(slices, slice => slice.Name),
            Scan = ScanOf(header, planes),
            Rois = [.. slices.SelectMany(slice => slice.Rois).Where(roi => roi.Pixels > 0).Select(roi => (roi.Roi, roi.Name)).Distinct().OrderBy(roi => roi.Roi).Select(roi => (roi.Roi, roi.Name, MaskOf(header, planes, roi.Roi)))],
            Axis = axis,
            IsReversed = axis == 2 ? across[axis] < 0 : across[axis] > 0,
            IsPlaced = planes[0].Plane is not null,
        };
    }

    // Slices without a position are laid out as axial ones, so that they are shown as they are stored.
    private static (Vector3D Origin, Vector3D[] Steps) GridOf(PicturedSlice[] planes)
    {
        PixelSpacing spacing = planes[0].Spacing ?? new PixelSpacing(1, 1);
        if (planes[0].Plane is not { } first)
        {
            return (default, [new(spacing.Column, 0, 0), new(0, spacing.Row, 0), new(0, 0, Math.Max(spacing.Row, spacing.Column))]);
        }

        Vector3D across = planes.Length > 1 && planes[^1].Plane is { } last ? 1.0 / (planes.Length - 1) * (last.Origin - first.Origin) : default;
        bool isStack = Math.Abs(across.Dot(first.Normal)) > 1e-3;
        return (first.Origin, [first.ColumnStep, first.RowStep, isStack ? across : first.RowStep.Length * first.Normal]);
    }

    private static string ScanOf(byte[] header, PicturedSlice[] planes)
    {
        (float low, float high) = (float.MaxValue, float.MinValue);
        bool isWhole = true;
        foreach (float value in planes.SelectMany(plane => plane.Image))
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
            isWhole &= value == Math.Round(value);
        }

        // Whole numbers stay as they are; others have 65,535 steps from the lowest to the highest.
        bool isExact = isWhole && low >= -LargestInt16 && high <= LargestInt16;
        float slope = isExact ? 1 : high > low ? (high - low) / (2 * LargestInt16) : 1;
        float centre = isExact ? 0 : low + ((high - low) / 2);
        return Compress(NiftiHeaderWriter.OfInt16(header, slope, centre), planes, (plane, bytes) =>
        {
            for (int i = 0; i < plane.Image.Length; i++)
            {
                BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)Math.Clamp(Math.Round((plane.Image[i] - centre) / slope), -LargestInt16, LargestInt16));
            }
        }, sizeof(short));
    }

    private static string MaskOf(byte[] header, PicturedSlice[] planes, int roi) => Compress(header, planes, (plane, bytes) =>
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = plane.Mask[i] == roi ? (byte)1 : (byte)0;
        }
    }, sizeof(byte));

    private static string Compress(byte[] header, PicturedSlice[] planes, Action<PicturedSlice, byte[]> encode, int bytesPerPixel)
    {
        using var file = new MemoryStream();
        using (var compressed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
        {
            compressed.Write(header);
            byte[] bytes = new byte[planes[0].Image.Length * bytesPerPixel];
            foreach (PicturedSlice plane in planes)
            {
                encode(plane, bytes);
                compressed.Write(bytes);
            }
        }

        return Convert.ToBase64String(file.GetBuffer(), 0, (int)file.Length);
    }
}
