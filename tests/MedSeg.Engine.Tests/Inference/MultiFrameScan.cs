using System.Globalization;
using MedSeg.Dicom.Parsing;
using MedSeg.Tests.Dicom;

namespace MedSeg.Tests.Inference;

/// <summary>A file of four frames with the shapes of <see cref="ScanFolder"/>, not in the order of their places.</summary>
internal static class MultiFrameScan
{
    /// <summary>The place of each frame of the file, in slices from the origin.</summary>
    public static readonly int[] Places = [2, 0, 3, 1];

    private static readonly double[] s_origin = [10, -20, 30];
    private static readonly double[] s_normal = [-0.6, 0.8, 0];

    /// <summary>Gives where a place is.</summary>
    public static double[] Position(int place) => [.. s_origin.Zip(s_normal, (o, n) => o + (n * place * ScanFolder.Distance))];

    /// <summary>Writes an enhanced MR image: what is true of a frame is in its functional groups.</summary>
    public static string WriteEnhanced(string path)
    {
        DicomBytes file = Start("1.2.840.10008.5.1.4.1.1.4.1");
        Sequence(file, 0x5200, 0x9229, shared =>
        {
            Sequence(shared, 0x0020, 0x9116, g => g.Text(0x0020, 0x0037, "DS", @"0.8\0.6\0\0\0\-1"));
            Sequence(shared, 0x0028, 0x9110, g => g.Text(0x0018, 0x0050, "DS", "3").Text(0x0028, 0x0030, "DS", @"0.5\0.75"));
        });
        file.Header(0x5200, 0x9230, "SQ", DicomBytes.UndefinedLength);
        foreach (int place in Places)
        {
            file.Item(DicomBytes.UndefinedLength);
            Sequence(file, 0x0020, 0x9113, g => g.Text(0x0020, 0x0032, "DS", string.Join('\\', Position(place).Select(v => v.ToString("0.####", CultureInfo.InvariantCulture)))));
            file.EndOfItem();
        }

        return Finish(file.EndOfSequence(), path);
    }

    /// <summary>Writes a file of several frames without functional groups.</summary>
    /// <param name="path">The path.</param>
    /// <param name="position">Adds what it says of where it lies, or null.</param>
    public static string WriteOld(string path, Action<DicomBytes>? position = null)
    {
        DicomBytes file = Start("1.2.840.10008.5.1.4.1.1.7.3");
        position?.Invoke(file);
        return Finish(file, path);
    }

    private static DicomBytes Start(string sopClass) => DicomBytes.Part10()
        .Text(0x0008, 0x0016, "UI", sopClass)
        .Text(0x0008, 0x0018, "UI", DicomUid.Create())
        .Text(0x0008, 0x0060, "CS", "MR")
        .Text(0x0010, 0x0010, "PN", "Secret^Name")
        .Text(0x0010, 0x0020, "LO", "SECRET-ID")
        .Text(0x0020, 0x000D, "UI", DicomUid.Create())
        .Text(0x0020, 0x000E, "UI", DicomUid.Create())
        .Text(0x0020, 0x0052, "UI", DicomUid.Create())
        .Text(0x0028, 0x0008, "IS", Places.Length.ToString(CultureInfo.InvariantCulture))
        .Image(ScanFolder.Rows, ScanFolder.Columns);

    private static string Finish(DicomBytes file, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, file.Pixels([.. Places.SelectMany(ScanFolder.Truth).Select(v => (ushort)(v * 100))]).ToArray());
        return path;
    }

    private static void Sequence(DicomBytes file, ushort group, ushort element, Action<DicomBytes> item)
    {
        file.Header(group, element, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength);
        item(file);
        file.EndOfItem().EndOfSequence();
    }
}
