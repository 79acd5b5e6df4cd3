using MedSeg.Dicom;
using MedSeg.Formats.Npy;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

/// <summary>The series and the volumes that Data/make_volumes.py made with pydicom, nibabel and dcm2niix.</summary>
internal static class VolumeData
{
    public const int Slices = 5;
    public const int Pixels = 10 * 12;

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Volumes", "Data");

    // Slice 0 of the arrays is slice5.dcm.
    public static DicomImage[] Series { get; } = [.. Enumerable.Range(0, Slices).Select(k => DicomImageReader.Read(PathOf($"slice{Slices - k}.dcm")))];

    public static float[] Labels { get; } = Array.ConvertAll(NpyFile.ReadArray(PathOf("labels.npy")).Integers!, v => (float)v);

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static float[] LabelsOf(int slice) => Labels[(slice * Pixels)..((slice + 1) * Pixels)];

    public static LabelVolume Open(string name, LabelMapping? map = null, params string[] names) => LabelVolume.Open(PathOf(name), map ?? LabelMapping.None, names);
}
