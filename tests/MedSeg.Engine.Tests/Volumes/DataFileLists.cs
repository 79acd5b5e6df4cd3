using System.IO.Compression;
using System.Text;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>Headers whose voxels are in several files, with the files that they name.</summary>
internal static class DataFileLists
{
    private const string Nrrd = "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 4 3 2\n";
    private const string Meta = "ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = MET_UCHAR\n";

    // The numbers 0 to 11, as Python's bz2 compresses them.
    private static readonly byte[] s_bzip2 = Convert.FromHexString("425A683931415926535952776BA400000040007FF820002201A06840D0340B3C48ABCDE3E2EE48A70A120A4EED7480");

    private static readonly Lazy<string> s_folder = new(MakeFolder);

    /// <summary>Gets a path in the folder of the files, that of no file.</summary>
    public static string HeaderPath => Path.Combine(s_folder.Value, "volume.nhdr");

    /// <summary>Gets lists, patterns and single files, raw, compressed and as text.</summary>
    public static IReadOnlyDictionary<string, byte[]> Headers { get; } = new Dictionary<string, string>
    {
        ["a list of NRRD"] = Nrrd + "line skip: 0\nencoding: raw\ndata file: LIST 2\ns1.raw\ns2.raw\n",
        ["a pattern of NRRD"] = Nrrd + "byte skip: 0\nencoding: raw\ndata file: s%01d.raw 1 2 1 2\n",
        ["a list of MetaImage"] = Meta + "ElementDataFile = LIST 2\ns1.raw\ns2.raw\n",
        ["a pattern of MetaImage"] = Meta + "ElementDataFile = s%01d.raw 1 2 1\n",
        ["a list of rows of NRRD"] = Nrrd.Replace("uchar", "short", StringComparison.Ordinal).Replace("4 3 2", "2 3 2", StringComparison.Ordinal)
            + "endian: big\nline skip: 1\nbyte skip: -1\nencoding: raw\ndata file: LIST 1\nlines.raw\nlines.raw\ns1.raw\ns1.raw\ns2.raw\ns2.raw\n",
        ["compressed files of NRRD"] = Nrrd + "encoding: gzip\ndata file: s%01d.gz 1 2 1\n",
        ["bzip2 files of NRRD"] = Nrrd + "byte skip: 0\nencoding: bzip2\ndata file: LIST\ns1.bz2\ns2.bz2\n",
        ["text files of NRRD"] = Nrrd + "encoding: ascii\ndata file: LIST\ns1.txt\ns2.txt\n",
        ["a file of NRRD"] = Nrrd + "space: LPS\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (1,2,3)\nencoding: raw\ndata file: all.raw\n",
        ["compressed files of MetaImage"] = Meta + "CompressedData = True\nElementDataFile = LIST\ns1.z\ns2.z\n",
        ["a list of MetaImage with headers"] = Meta + "HeaderSize = -1\nElementSpacing = 1 2 3\nOffset = 1 2 3\nElementDataFile = LIST\nlines.raw\nall.raw\n",
    }.ToDictionary(header => header.Key, header => Encoding.ASCII.GetBytes(header.Value));

    /// <summary>Reads a header, and all slices of its volume.</summary>
    /// <param name="header">The file's bytes.</param>
    public static void Read(byte[] header)
    {
        var volume = ImageVolume.Of(VolumeFile.Decode(header, HeaderPath), SliceAxis.Auto);
        for (int slice = 0; slice < volume.Slices.Count; slice++)
        {
            ImageSlice image = volume.Read(slice);
            Assert.Equal(image.Rows * image.Columns, image.Pixels.Length);
        }
    }

    // AFL++ ends a process without notice, so the files are with the program and not among temporary ones.
    private static string MakeFolder()
    {
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, nameof(DataFileLists))).FullName;
        byte[] slice = [.. Enumerable.Range(0, 12).Select(i => (byte)i)];
        void Save(string name, byte[] content) => File.WriteAllBytes(Path.Combine(folder, name), content);
        Save("all.raw", [.. slice, .. slice]);
        Save("lines.raw", [.. "a line\n"u8, .. slice]);
        foreach (string name in (string[])["s1", "s2"])
        {
            Save(name + ".raw", slice);
            Save(name + ".gz", Pack(slice, packed => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)));
            Save(name + ".z", Pack(slice, packed => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)));
            Save(name + ".bz2", s_bzip2);
            Save(name + ".txt", Encoding.ASCII.GetBytes(string.Join(' ', slice)));
        }

        return folder;
    }

    private static byte[] Pack(byte[] content, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (Stream packer = open(packed))
        {
            packer.Write(content);
        }

        return packed.ToArray();
    }
}
