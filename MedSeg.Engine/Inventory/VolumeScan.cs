using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inventory;

/// <summary>Describes volumes that are not DICOM by their headers.</summary>
internal static class VolumeScan
{
    /// <summary>Describes a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="name">The path relative to the folder that is searched, with slashes and without extension.</param>
    public static ScannedFile Describe(string path, string name)
    {
        string file = name[(name.LastIndexOf('/') + 1)..];
        var header = new SeriesHeader { Patient = PatientName.Of(name, isPicture: false), Description = file, Kind = ChannelKinds.OfName(file), Format = FormatOf(path) };
        try
        {
            VolumeHeader volume = VolumeFile.ReadHeader(path);
            var slices = new VolumeSlices(volume.Geometry, SliceAxis.Auto);
            header = header with { Format = volume.Format, Rows = slices.Rows, Columns = slices.Columns, PixelSpacing = slices.Spacing, Thickness = slices.Distance };
            string? problem = volume.Volumes == 1 ? null
                : volume.AreColors == true ? "The volume has colours, which need -Channel"
                : volume.AreVolumesInterleaved ? $"The volume has {volume.Volumes} numbers for each voxel, which need -Channel"
                : $"The file has {volume.Volumes} volumes along its fourth axis, which need -Channel";
            return volume.Geometry.IsPlaced
                ? new ScannedFile(path, header, slices.Count, [.. Enumerable.Range(0, slices.Count).Select(i => slices.PlaneOf(i).Origin)], slices.PlaneOf(0).Normal) { Problem = problem }
                : new ScannedFile(path, header, slices.Count, [], null) { Problem = problem };
        }
        catch (MedSegException e)
        {
            return new ScannedFile(path, header, 0, [], null) { Problem = DicomScan.PhraseOf(e, path) };
        }
    }

    private static string FormatOf(string path) => VolumeFile.ExtensionOf(path) switch
    {
        ".nrrd" or ".nhdr" => "NRRD",
        ".mha" or ".mhd" => "MetaImage",
        _ => "NIfTI",
    };
}
