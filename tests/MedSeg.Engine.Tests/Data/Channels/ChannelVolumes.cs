using System.Text;
using MedSeg.Tests.Volumes;

namespace MedSeg.Tests.Data.Channels;

/// <summary>Volumes of the size of <see cref="ChannelScan"/> with three numbers per voxel.</summary>
internal static class ChannelVolumes
{
    private const string Space = "space: LPS\nspace origin: (0,0,0)\n";
    private const string Grid = "(-1,0,0) (0,-1,0) (0,0,4)";

    /// <summary>Gets the kinds that are read.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["list.nrrd", "time.nrrd", "vector.nrrd", "rows.nrrd", "planes.nrrd", "rgb.nrrd", "rgba.nrrd", "axes.mha", "channels.mha", "array.mha", "rgb.nii", "vector.nii"];

    /// <summary>Makes a file. The second number of a voxel is 20 more than the first, the third 40 more.</summary>
    public static byte[] Of(string kind)
    {
        byte[] plain = [.. Enumerable.Range(0, ChannelScan.Side * ChannelScan.Side * ChannelScan.Slices).Select(i => (byte)((i % ChannelScan.Side is >= 4 and < 10 ? 140 : 20) + (i % 11)))];
        byte[] last = [.. plain, .. plain.Select(value => (byte)(value + 20)), .. plain.Select(value => (byte)(value + 40))];
        byte[] first = [.. plain.SelectMany(value => (byte[])[value, (byte)(value + 20), (byte)(value + 40)])];
        byte[] rgba = [.. plain.SelectMany(value => (byte[])[value, (byte)(value + 20), (byte)(value + 40), 255])];
        return kind switch
        {
            "plain.nrrd" => Nrrd("16 16 3", Grid, "domain domain domain", plain),
            "list.nrrd" => Nrrd("16 16 3 3", Grid + " none", "domain domain domain list", last),
            "time.nrrd" => Nrrd("16 16 3 3", Grid + " none", "space space space time", last),
            "vector.nrrd" => Nrrd("3 16 16 3", "none " + Grid, "vector domain domain domain", first),
            "rgb.nrrd" => Nrrd("3 16 16 3", "none " + Grid, "RGB-color domain domain domain", first),
            "rgba.nrrd" => Nrrd("4 16 16 3", "none " + Grid, "RGBA-color domain domain domain", rgba),
            "rows.nrrd" => Nrrd("16 3 16 3", "(-1,0,0) none (0,-1,0) (0,0,4)", "domain vector domain domain", Between(plain, ChannelScan.Side)),
            "planes.nrrd" => Nrrd("16 16 3 3", "(-1,0,0) (0,-1,0) none (0,0,4)", "space space list space", Between(plain, ChannelScan.Side * ChannelScan.Side)),
            "twice.nrrd" => Nrrd("3 16 16 3 3", "none " + Grid + " none", "vector domain domain domain list", [.. first, .. first, .. first]),
            "unstated.nrrd" => Nrrd("16 16 3 3", "", "", last),
            "axes.mha" => Meta(4, "16 16 3 3", 1, "-1 0 0 0 0 -1 0 0 0 0 1 0 0 0 0 1", "MET_UCHAR", last),
            "sheared.mha" => Meta(4, "16 16 3 3", 1, "-1 0 0 0 0 -1 0 0 0 0 1 0.5 0 0 0 1", "MET_UCHAR", last),
            "both.mha" => Meta(4, "16 16 1 3", 3, "-1 0 0 0 0 -1 0 0 0 0 1 0 0 0 0 1", "MET_UCHAR", last),
            "channels.mha" => Meta(3, "16 16 3", 3, "-1 0 0 0 -1 0 0 0 1", "MET_UCHAR", first),
            "array.mha" => Meta(3, "16 16 3", 3, "-1 0 0 0 -1 0 0 0 1", "MET_UCHAR_ARRAY", first),
            "rgb.nii" => Nifti([3, 16, 16, 3, 1, 1], 128, first),
            "rgba.nii.gz" => NiftiBytes.Pack(Nifti([3, 16, 16, 3, 1, 1], 2304, rgba)),
            _ => Nifti([5, 16, 16, 3, 1, 3], 2, last),
        };
    }

    // The numbers of a voxel are a row, or a plane, apart.
    private static byte[] Between(byte[] plain, int step) =>
        [.. plain.Chunk(step).SelectMany(part => (byte[])[.. part, .. part.Select(value => (byte)(value + 20)), .. part.Select(value => (byte)(value + 40))])];

    private static byte[] Nrrd(string sizes, string directions, string kinds, byte[] voxels) =>
    [
        .. Encoding.ASCII.GetBytes($"NRRD0005\ntype: uchar\ndimension: {sizes.Split(' ').Length}\nsizes: {sizes}\nencoding: raw\n{(directions.Length == 0 ? "" : $"{Space}space directions: {directions}\n")}{(kinds.Length == 0 ? "" : $"kinds: {kinds}\n")}\n"),
        .. voxels,
    ];

    private static byte[] Meta(int rank, string sizes, int channels, string matrix, string type, byte[] voxels) =>
    [
        .. Encoding.ASCII.GetBytes($"ObjectType = Image\nNDims = {rank}\nBinaryData = True\nTransformMatrix = {matrix}\nOffset = {(rank == 4 ? "0 0 0 0" : "0 0 0")}\nElementSpacing = {(rank == 4 ? "1 1 4 1" : "1 1 4")}\nDimSize = {sizes}\nElementNumberOfChannels = {channels}\nElementType = {type}\nElementDataFile = LOCAL\n"),
        .. voxels,
    ];

    private static byte[] Nifti(short[] dim, short type, byte[] voxels)
    {
        byte[] header = (NiftiBytes.Counting(1) with { Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0], Sizes = [1, 1, 4] }).ToHeader();
        for (int i = 0; i < 8; i++)
        {
            BitConverter.TryWriteBytes(header.AsSpan(40 + (2 * i)), i < dim.Length ? dim[i] : (short)1);
        }

        BitConverter.TryWriteBytes(header.AsSpan(70), type);
        BitConverter.TryWriteBytes(header.AsSpan(72), (short)(type == 2 ? 8 : type == 128 ? 24 : 32));
        return [.. header, .. voxels];
    }
}
