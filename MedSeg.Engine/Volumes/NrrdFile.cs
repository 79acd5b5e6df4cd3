using MedSeg.Errors;
using MedSeg.Formats;

namespace MedSeg.Volumes;

/// <summary>Reads NRRD files (.nrrd, and .nhdr with its data file), with the segments of 3D Slicer (.seg.nrrd).</summary>
internal static class NrrdFile
{
    private const string Format = "NRRD";

    // The signs that turn a space into DICOM's: left, back, head.
    private static readonly Dictionary<string, Vector3D> s_spaces = new(StringComparer.OrdinalIgnoreCase)
    {
        ["left-posterior-superior"] = new(1, 1, 1), ["LPS"] = new(1, 1, 1),
        ["right-anterior-superior"] = new(-1, -1, 1), ["RAS"] = new(-1, -1, 1),
        ["left-anterior-superior"] = new(1, -1, 1), ["LAS"] = new(1, -1, 1),
    };

    private static readonly HashSet<string> s_colors = new(StringComparer.OrdinalIgnoreCase) { "RGB-color", "RGBA-color", "3-color", "4-color" };

    private static readonly Dictionary<string, double> s_units = new(StringComparer.OrdinalIgnoreCase) { ["mm"] = 1, ["cm"] = 10, ["m"] = 1000, ["um"] = 0.001, ["µm"] = 0.001, ["micron"] = 0.001 };

    /// <summary>Decodes the header of a file.</summary>
    /// <param name="content">The file, or as much of it as a header may have.</param>
    /// <param name="path">The absolute path.</param>
    /// <returns>The header, and where the voxels are.</returns>
    /// <exception cref="FileFormatException"><c>VolumeInvalid</c> or <c>VolumeUnsupported</c>.</exception>
    public static (VolumeHeader Header, VoxelStorage Storage) ReadHeader(ReadOnlySpan<byte> content, string path)
    {
        var errors = new VolumeErrors(path, Format);
        var fields = NrrdHeader.Parse(content, errors);
        (int[] axes, int? list) = AxesOf(fields, errors);
        long[] sizes = fields.Integers("sizes");
        int[] counts = [.. axes.Select(axis => (int)sizes[axis]), .. axes.Length == 2 ? [1] : (int[])[]];
        ImageFile.CheckSize(counts[1], counts[0], ErrorIds.VolumeInvalid, path);
        VoxelStorage storage = NrrdStorage.Of(fields, sizes, errors);
        var header = new VolumeHeader(path, Format, GeometryOf(fields, axes, counts, errors), storage.Type)
        {
            IsFlat = axes.Length == 2,
            Files = [path, .. storage.DataPaths],
            Volumes = list is null ? 1 : (int)sizes[list.Value],
            AxesBeforeVolumes = list is null ? 3 : axes.Count(axis => axis < list),
            AreColors = list is not null && fields.Words("kinds") is var kinds && kinds.Length == sizes.Length && s_colors.Contains(kinds[list.Value]),
            Segments = NrrdSegments.Read(fields.Pairs),
        };
        return (header, storage);
    }

    private static (int[] Axes, int? List) AxesOf(NrrdHeader fields, VolumeErrors errors)
    {
        long[] sizes = fields.Integers("sizes");
        if (sizes.Length == 0 || fields.Integers("dimension") is not [long dimension] || dimension != sizes.Length || sizes.Any(size => size is < 1 or > int.MaxValue) || sizes.Aggregate(1.0, (product, size) => product * size) > Array.MaxLength)
        {
            throw errors.Invalid($"The header states the dimension '{fields.Find("dimension")}' and the sizes '{fields.Find("sizes")}', which is no volume that fits into memory.");
        }

        double[]?[] directions = fields.Vectors("spacedirections");
        string[] kinds = fields.Words("kinds");
        bool IsSpatial(int axis) => directions.Length == sizes.Length
            ? directions[axis] is not null
            : kinds.Length != sizes.Length || kinds[axis] is "domain" or "space" or "???" or "none";
        int[] others = [.. Enumerable.Range(0, sizes.Length).Where(axis => !IsSpatial(axis))];
        int[] axes = [.. Enumerable.Range(0, sizes.Length).Except(others)];
        while (axes.Length > 3 && sizes[axes[^1]] == 1)
        {
            axes = axes[..^1];
        }

        int[] lists = [.. others.Where(axis => sizes[axis] > 1)];
        bool isSupported = axes.Length is 2 or 3 && lists.Length <= 1;
        return isSupported ? (axes, lists is [int only] ? only : null) : throw errors.Unsupported(
            $"The volume has {sizes.Length} axes ({fields.Find("sizes")} values), but only 3 can be used, with channels along one more axis that 'kinds' or 'space directions' tell from these.",
            "Save one volume of 3 axes for each channel or time point, for example from 3D Slicer.");
    }

    private static VolumeGeometry GeometryOf(NrrdHeader fields, int[] axes, int[] counts, VolumeErrors errors)
    {
        double[]?[] directions = fields.Vectors("spacedirections");
        string? space = fields.Find("space");
        double unit = fields.Find("spaceunits")?.Split('"', StringSplitOptions.RemoveEmptyEntries) is [string name, ..] ? s_units.GetValueOrDefault(name, 1) : 1;
        Vector3D[] steps = [.. axes.Select(axis => directions.Length > axis && directions[axis] is [double x, double y, double z] ? unit * new Vector3D(x, y, z) : default)];
        double[]? origin = fields.Vectors("spaceorigin") is [double[] stated] ? stated : null;
        if (space is not null && s_spaces.TryGetValue(space, out Vector3D sign) && Array.TrueForAll(steps, step => step.Length > 0))
        {
            Vector3D Turn(Vector3D v) => new(sign.X * v.X, sign.Y * v.Y, sign.Z * v.Z);
            steps = Array.ConvertAll(steps, Turn);
            Vector3D[] three = steps.Length == 3 ? steps : [.. steps, 1 / steps[0].Cross(steps[1]).Length * steps[0].Cross(steps[1])];
            var geometry = new VolumeGeometry(counts, origin is [double a, double b, double c] ? Turn(unit * new Vector3D(a, b, c)) : default, three, origin is { Length: 3 });
            return !geometry.IsPlaced || geometry.ToGrid() is not null ? geometry : throw errors.Invalid("The directions in the header are zero, parallel or not finite.");
        }

        // Sizes without directions of the patient.
        string[] spacings = fields.Words("spacings");
        double Size(int index) => index >= axes.Length ? 0
            : directions.Length > axes[index] && directions[axes[index]] is { } vector ? unit * Math.Sqrt(vector.Sum(v => v * v))
            : spacings.Length > axes[index] ? Math.Abs(fields.Number(spacings[axes[index]], "spacings")) : 0;
        return new VolumeGeometry(counts, default, [new(Size(0), 0, 0), new(0, Size(1), 0), new(0, 0, Size(2))], IsPlaced: false);
    }
}
