using System.Globalization;
using MedSeg.Dicom.Parsing;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>What the header of an image says about where it belongs. UIDs are empty if the file does not state them.</summary>
/// <param name="Series">The Series Instance UID.</param>
/// <param name="Study">The Study Instance UID.</param>
/// <param name="FrameOfReference">The Frame of Reference UID.</param>
/// <param name="Patient">The Patient ID.</param>
/// <param name="Planes">The planes of the frames that state their position.</param>
internal sealed record ImageHeader(string Series, string Study, string FrameOfReference, string Patient, IReadOnlyList<SlicePlane> Planes)
{
    // Of direction cosines, which are often written with few digits.
    private const double ParallelTolerance = 1e-2;

    private static readonly DicomTag s_seriesNumber = new(0x0020, 0x0011);
    private static readonly DicomTag s_instanceNumber = new(0x0020, 0x0013);

    /// <summary>Gets the number of the series and that of the image in it; <see langword="null"/> if the file does not state the latter.</summary>
    public (double Series, double Image)? Number { get; init; }

    /// <summary>The header of a file that states nothing.</summary>
    public static readonly ImageHeader Unknown = new(string.Empty, string.Empty, string.Empty, string.Empty, []);

    /// <summary>Reads a header.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="reading">How images that are not DICOM are read.</param>
    /// <returns>The header, without UIDs and planes if the file is damaged; <see langword="null"/> if the file is not an image.</returns>
    public static ImageHeader? Read(string path, ImageReading reading)
    {
        try
        {
            if (ImageSource.IsVolume(path))
            {
                return Unknown with { Planes = PlanesOf(VolumeFile.ReadHeader(path).Geometry, reading) };
            }

            DicomFile file = DicomImageReader.Parse(path);
            return Of(file).Only(ChannelFrames.Choose(file, reading.Channels, 0));
        }
        catch (MedSegException e)
        {
            return e.ErrorId == ErrorIds.DicomNotAnImage ? null : Unknown;
        }
    }

    /// <summary>Leaves out the planes of other frames.</summary>
    /// <param name="frames">The frames, from 0; <see langword="null"/> for all.</param>
    public ImageHeader Only(int[]? frames) => frames is null ? this : this with { Planes = [.. Planes.Where(plane => Array.IndexOf(frames, plane.Frame - 1) >= 0)] };

    /// <summary>Takes the header of a DICOM file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="MedSegException">The file is damaged, or not an image (<c>DicomNotAnImage</c>).</exception>
    public static ImageHeader Of(DicomFile file)
    {
        IReadOnlyList<SlicePlane> planes = SlicePlane.ReadAll(file, DicomPixels.Open(file).Description);
        string Text(DicomTag tag) => file.Dataset.FindText(tag) ?? string.Empty;
        double? Numeric(DicomTag tag) => double.TryParse(file.Dataset.FindText(tag), CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;
        return new ImageHeader(Text(DicomTag.SeriesInstanceUid), Text(DicomTag.StudyInstanceUid), Text(DicomTag.FrameOfReferenceUid), Text(DicomTag.PatientId), planes)
        {
            Number = Numeric(s_instanceNumber) is { } image ? (Numeric(s_seriesNumber) ?? 0, image) : null,
        };
    }

    private static SlicePlane[] PlanesOf(VolumeGeometry geometry, ImageReading reading)
    {
        var slices = new VolumeSlices(geometry, reading.Axis);
        return geometry.IsPlaced ? [.. Enumerable.Range(0, slices.Count).Select(i => new SlicePlane(null, i + 1, slices.Count, null, slices.PlaneOf(i)))] : [];
    }

    /// <summary>
    /// Checks whether positions of two images can be compared although they are of different series: they are of the same patient, study and
    /// frame of reference, and parallel. This holds where a scanner makes each slice a series, and for series of the same slices, such as
    /// water and fat.
    /// </summary>
    /// <param name="other">The header of the other image.</param>
    public bool SharesPlace(ImageHeader other) =>
        FrameOfReference.Length > 0
        && (Patient, Study, FrameOfReference) == (other.Patient, other.Study, other.FrameOfReference)
        && Planes.Count > 0
        && other.Planes.Count > 0
        && Math.Abs(Planes[0].Plane.Normal.Dot(other.Planes[0].Plane.Normal)) > 1 - ParallelTolerance;
}
