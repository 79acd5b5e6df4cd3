namespace MedSeg.Dicom;

/// <summary>The range of values that a file says to look at (DICOM PS3.3, C.11.2.1.2).</summary>
public sealed record VoiWindow
{
    private readonly double _mirrorSum;
    private readonly bool _isMirrored;

    private VoiWindow(double center, double width, string function, bool isMirrored, double mirrorSum)
    {
        Center = center;
        Width = width;
        Function = function;
        _isMirrored = isMirrored;
        _mirrorSum = mirrorSum;
    }

    /// <summary>Gets the centre, in real values.</summary>
    public double Center { get; }

    /// <summary>Gets the width, in real values.</summary>
    public double Width { get; }

    /// <summary>Gets the function: LINEAR, LINEAR_EXACT or SIGMOID.</summary>
    public string Function { get; }

    /// <summary>Scales values by the window, in place.</summary>
    /// <param name="pixels">The pixels of the image; they become 0 to 1.</param>
    public void Apply(Span<float> pixels)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            // The window is stated for the values as stored, before MONOCHROME1 is mirrored.
            double y = Scale(_isMirrored ? _mirrorSum - pixels[i] : pixels[i]);
            pixels[i] = (float)(_isMirrored ? 1 - y : y);
        }
    }

    /// <summary>Reads the first window of a frame.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="pixels">How the pixels are laid out.</param>
    /// <param name="groups">The functional groups.</param>
    /// <returns>The window, or null where there is none that can be used, or the image is in colour.</returns>
    internal static VoiWindow? Read(int frame, PixelDescription pixels, FunctionalGroups groups)
    {
        DicomDataset dataset = groups.Holder(frame, DicomTag.FrameVoiLutSequence, DicomTag.WindowCenter);
        string function = dataset.FindText(DicomTag.VoiLutFunction) ?? "LINEAR";
        if (pixels.Photometric is not (Photometric.Monochrome1 or Photometric.Monochrome2)
            || dataset.FindDecimals(DicomTag.WindowCenter) is not [double center, ..] || !double.IsFinite(center)
            || dataset.FindDecimals(DicomTag.WindowWidth) is not [double width, ..] || !double.IsFinite(width)
            || function is not ("LINEAR" or "LINEAR_EXACT" or "SIGMOID") || width < (function == "LINEAR" ? 1 : double.Epsilon))
        {
            return null;
        }

        (double slope, double intercept) = ModalityTransform.ReadRescale(frame, groups);
        int flipped = ModalityTransform.FlippedBits(pixels);
        double sum = (slope * (pixels.IsSigned ? flipped : (uint)flipped)) + (2 * intercept);
        return new VoiWindow(center, width, function, pixels.Photometric == Photometric.Monochrome1, sum);
    }

    private double Scale(double x) => Function switch
    {
        "SIGMOID" => 1 / (1 + Math.Exp(-4 * (x - Center) / Width)),
        "LINEAR_EXACT" => Math.Clamp(((x - Center) / Width) + 0.5, 0, 1),

        // A width of 1 is a threshold.
        _ when Width == 1 => x <= Center - 0.5 ? 0 : 1,
        _ => Math.Clamp(((x - (Center - 0.5)) / (Width - 1)) + 0.5, 0, 1),
    };
}
