using MedSeg.Tests.Data.Files;
using MedSeg.Tests.Dicom;
using MedSeg.Tests.Formats.ImageJ;
using MedSeg.Tests.Formats.Outlines;
using MedSeg.Tests.Imaging;
using MedSeg.Tests.Interchange;
using MedSeg.Tests.Inventory;
using MedSeg.Tests.Volumes;

namespace MedSeg.Tests.Fuzzing;

/// <summary>A format that is also fuzzed guided by coverage, by <c>build/fuzz.sh</c>.</summary>
/// <param name="seeds">Finds small files of the format.</param>
/// <param name="read">Reads a file, and asserts what holds of its content.</param>
internal sealed class GuidedFormat(Func<IEnumerable<byte[]>> seeds, Action<byte[]> read)
{
    // AFL++ trims larger files and learns little from them.
    private const int MostBytes = 5000;

    /// <summary>Gets all formats by the names that build/fuzz.sh takes.</summary>
    public static IReadOnlyDictionary<string, GuidedFormat> All { get; } = new Dictionary<string, GuidedFormat>
    {
        ["dicom"] = new(() => DicomFuzzSeeds.All.Values, file => DicomFuzzTests.Read(file, new AllocationLimit(long.MaxValue))),
        ["header"] = new(() => DicomFuzzSeeds.All.Values, HeaderFuzzTests.ReadHeader),
        ["volume"] = new(() => FilesIn(VolumeData.Folder, "*.nii", "*.nii.gz", "*.nrrd", "*.mha", "seg*.dcm"), VolumeFuzzTests.Read),
        ["list"] = new(() => DataFileLists.Headers.Values, DataFileLists.Read),
        ["pairs"] = new(() => HeaderFuzzTests.PairSeeds, HeaderFuzzTests.ReadPairs),
        ["label"] = new(() => FilesIn(ImagingData.Folder, "*.npy", "*.png", "*.jpg", "*.tif"), LabelFuzzTests.Read),
        ["picture"] = new(() => FilesIn(ImagingData.Folder, "*.npy", "*.png", "*.tif"), PictureFuzzTests.Read),
        ["outline"] = new(() => FilesIn(ImageJData.Folder, "*.roi", "*.zip"), OutlineFuzzTests.ReadImageJ),
        ["torch"] = new(() => InterchangeFuzzTests.TorchSeeds, InterchangeFuzzTests.ReadTorch),
        ["safetensors"] = new(() => InterchangeFuzzTests.SafetensorsSeeds, InterchangeFuzzTests.ReadSafetensors),
        ["onnx"] = new(() => InterchangeFuzzTests.OnnxSeeds, InterchangeFuzzTests.ReadOnnx),
    };

    /// <summary>Gets the files to start from.</summary>
    public IEnumerable<byte[]> Seeds => seeds();

    /// <summary>Reads a file.</summary>
    /// <param name="content">The file's bytes.</param>
    public void Read(byte[] content) => read(content);

    private static IEnumerable<byte[]> FilesIn(string folder, params string[] patterns) =>
        patterns.SelectMany(pattern => Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)).Select(File.ReadAllBytes).Where(file => file.Length < MostBytes);
}
