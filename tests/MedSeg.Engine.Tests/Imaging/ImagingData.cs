using MedSeg.Formats.Npy;

namespace MedSeg.Tests.Imaging;

/// <summary>The reference files that Data/make_reference.py made with NumPy and Pillow.</summary>
internal static class ImagingData
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Imaging", "Data");

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    public static float[] Floats(string name)
    {
        NpyArray array = NpyFile.ReadArray(PathOf(name));
        return array.Floats ?? Array.ConvertAll(array.Integers!, v => (float)v);
    }

    public static byte[] Mask(string name) => Array.ConvertAll(NpyFile.ReadArray(PathOf(name)).Integers!, v => (byte)v);

    public static TheoryData<string> Files(string pattern)
    {
        var data = new TheoryData<string>();
        foreach (string path in Directory.GetFiles(Folder, pattern).Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileName(path));
        }

        return data.Count > 0 ? data : throw new InvalidOperationException($"No test data matches {pattern}.");
    }
}
