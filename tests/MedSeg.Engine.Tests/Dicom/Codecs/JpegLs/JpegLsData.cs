using MedSeg.Dicom.Codecs;
using MedSeg.Formats.Npy;

namespace MedSeg.Tests.Dicom.Codecs.JpegLs;

/// <summary>The reference files that Data/make_reference.py made with DCMTK, GDCM and an encoder that was checked by them.</summary>
internal static class JpegLsData
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Dicom", "JpegLs", "Data");

    /// <summary>Gets the names of all streams, without extension.</summary>
    public static TheoryData<string> Names
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string path in Directory.GetFiles(s_folder, "*.jls").Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetFileNameWithoutExtension(path));
            }

            return data;
        }
    }

    public static byte[] Stream(string name) => File.ReadAllBytes(Path.Combine(s_folder, name + ".jls"));

    /// <summary>Reads the values that a stream decodes to, and the form of its frame.</summary>
    public static (int[] Samples, FrameShape Shape) Expected(string name)
    {
        NpyArray array = NpyFile.ReadArray(Path.Combine(s_folder, name + ".npy"));
        var shape = new FrameShape(array.Shape[0], array.Shape[1], array.Shape.Length > 2 ? array.Shape[2] : 1);
        return (Array.ConvertAll(array.Integers!, value => (int)value), shape);
    }
}
