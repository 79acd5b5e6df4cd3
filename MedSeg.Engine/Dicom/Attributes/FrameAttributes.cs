using MedSeg.Dicom.Parsing;
using MedSeg.Imaging;

namespace MedSeg.Dicom.Attributes;

/// <summary>Reads the attributes of each frame of a file; shared attributes are read only once.</summary>
/// <param name="dataset">The data set of the file.</param>
/// <param name="pixels">The layout of its pixels.</param>
internal sealed class FrameAttributes(DicomDataset dataset, PixelDescription pixels)
{
    private const double AxialTolerance = 1e-4;

    private readonly FunctionalGroups _groups = new(dataset);
    private readonly LastValueCache<RescaleLine> _rescale = new(RescaleLine.Read);
    private readonly LastValueCache<SpacingReading> _spacing = new(SpacingReading.Read);
    private readonly LastValueCache<double?> _thickness = new(ReadThickness);
    private readonly LastValueCache<double[]?> _position = new(holder => holder.FindDecimals(DicomTag.ImagePosition, count: 3));
    private readonly LastValueCache<double[]?> _offsets = new(holder => holder.FindDecimals(DicomTag.GridFrameOffsetVector));
    private readonly LastValueCache<double[]?> _orientation = new(holder => holder.FindDecimals(DicomTag.ImageOrientation, count: 6));
    private readonly LastValueCache<VoiWindow?> _window = new(VoiWindow.Read);
    private SpacingReading? _ultrasound;

    /// <summary>Gets the modality, or <see langword="null"/>.</summary>
    public string? Modality { get; } = dataset.FindText(DicomTag.Modality);

    /// <summary>Gets the patient ID, or the study's UID if there is none.</summary>
    public string? PatientIdentity { get; } = dataset.FindText(DicomTag.PatientId) ?? dataset.FindText(DicomTag.StudyInstanceUid);

    /// <summary>Gets a value indicating whether the pixels are a Siemens mosaic, whose position is not that of a slice of its size.</summary>
    public bool IsMosaic { get; } = SiemensMosaic.Is(dataset);

    /// <summary>Returns slope and intercept.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public RescaleLine Rescale(int frame) =>
        _rescale.Of(_groups.Holder(frame, DicomTag.PixelValueTransformationSequence, DicomTag.RescaleSlope));

    /// <summary>Returns the pixel spacing, or <see langword="null"/>.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public PixelSpacing? Spacing(int frame) => ReadSpacing(frame).Spacing;

    /// <summary>Returns what is unusual about the pixel spacing; <see langword="null"/> for a valid or missing one.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public SpacingNote? SpacingNote(int frame) => ReadSpacing(frame).Note;

    /// <summary>Returns the thickness of the slice in mm, or <see langword="null"/>.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public double? Thickness(int frame) => _thickness.Of(_groups.Holder(frame, DicomTag.PixelMeasuresSequence, DicomTag.SliceThickness));

    /// <summary>
    /// Returns the position of the first pixel, or <see langword="null"/>; also for a mosaic, and if a multi-frame file states only that of
    /// the first frame.
    /// </summary>
    /// <param name="frame">The frame, from 0.</param>
    public double[]? Position(int frame)
    {
        if (IsMosaic)
        {
            return null;
        }

        DicomDataset holder = _groups.Holder(frame, DicomTag.PlanePositionSequence, DicomTag.ImagePosition);
        double[]? position = _position.Of(holder);

        // At the top level it is the position of the first frame only.
        return position is null || pixels.Frames == 1 || !ReferenceEquals(holder, dataset) ? position : Offset(position, frame);
    }

    /// <summary>Returns the direction cosines, or <see langword="null"/>.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public double[]? Orientation(int frame) => _orientation.Of(_groups.Holder(frame, DicomTag.PlaneOrientationSequence, DicomTag.ImageOrientation));

    /// <summary>Returns the window; <see langword="null"/> if there is no valid one, or the image is in colour.</summary>
    /// <param name="frame">The frame, from 0.</param>
    public VoiWindow? Window(int frame)
    {
        if (pixels.Photometric is not (Photometric.Monochrome1 or Photometric.Monochrome2))
        {
            return null;
        }

        VoiWindow? window = _window.Of(_groups.Holder(frame, DicomTag.FrameVoiLutSequence, DicomTag.WindowCenter));
        return window is null || pixels.Photometric == Photometric.Monochrome2 ? window : window.Mirror(Rescale(frame).MirrorSum(pixels));
    }

    private SpacingReading ReadSpacing(int frame)
    {
        SpacingReading stated = _spacing.Of(_groups.Holder(frame, DicomTag.PixelMeasuresSequence, DicomTag.PixelSpacing));
        return stated is { Spacing: null, Note: null } ? _ultrasound ??= SpacingReading.ReadUltrasound(dataset, pixels) : stated;
    }

    // As in RT Dose (PS3.3, C.8.8.3.2): distances from the first frame along the normal or, if the first is not zero,
    // z coordinates.
    private double[]? Offset(double[] first, int frame)
    {
        double[]? offsets = _offsets.Of(dataset);
        if (offsets?.Length != pixels.Frames || !Array.TrueForAll(offsets, double.IsFinite) || Orientation(frame) is not { } c)
        {
            return null;
        }

        if (offsets[0] != 0)
        {
            bool isAxial = Math.Abs(c[2]) < AxialTolerance && Math.Abs(c[5]) < AxialTolerance;
            return isAxial ? [first[0], first[1], offsets[frame]] : null;
        }

        double[] normal = [(c[1] * c[5]) - (c[2] * c[4]), (c[2] * c[3]) - (c[0] * c[5]), (c[0] * c[4]) - (c[1] * c[3])];
        return [.. first.Select((place, axis) => place + (offsets[frame] * normal[axis]))];
    }

    private static double? ReadThickness(DicomDataset holder) =>
        holder.FindDecimals(DicomTag.SliceThickness, count: 1) is [> 0] values ? values[0] : null;
}
