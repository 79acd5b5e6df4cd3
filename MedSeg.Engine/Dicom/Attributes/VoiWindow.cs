using MedSeg.Dicom.Parsing;

namespace MedSeg.Dicom.Attributes;

/// <summary>The window of a file: the range of values to display (DICOM PS3.3, C.11.2.1.2).</summary>
public sealed record VoiWindow
{
    private double _mirrorSum;
    private bool _isMirrored;

    private VoiWindow(double center, double width, string function)
    {
        Center = center;
        Width = width;
        Function = function;
    }

    /// <summary>Gets the centre, in real values.</summary>
    public double Center { get; }

    /// <summary>Gets the width, in real values.</summary>
    public double Width { get; }

    /// <summary>Gets the function: LINEAR, LINEAR_EXACT or SIGMOID.</summary>
    public string Function { get; }

    /// <summary>Scales values by the window, in place.</summary>
    /// <param name="pixels">The pixels of the image; they are scaled to 0 to 1.</param>
    public void Apply(Span<float> pixels)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            // The window refers to the values before MONOCHROME1 is inverted.
            double y = Scale(_isMirrored ? _mirrorSum - pixels[i] : pixels[i]);
            pixels[i] = (float)(_isMirrored ? 1 - y : y);
        }
    }

    /// <summary>Reads the first window of a grey image.</summary>
    /// <param name="dataset">The data set that contains it.</param>
    /// <returns>The window, or <see langword="null"/> if there is no valid one.</returns>
    internal static VoiWindow? Read(DicomDataset dataset)
    {
        string function = dataset.FindText(DicomTag.VoiLutFunction) ?? "LINEAR";
        return dataset.FindDecimals(DicomTag.WindowCenter) is [double center, ..] && double.IsFinite(center)
            && dataset.FindDecimals(DicomTag.WindowWidth) is [double width, ..] && double.IsFinite(width)
            && function is "LINEAR" or "LINEAR_EXACT" or "SIGMOID" && width >= (function == "LINEAR" ? 1 : double.Epsilon)
            ? new VoiWindow(center, width, function)
            : null;
    }

    /// <summary>Returns the same window for inverted values.</summary>
    /// <param name="sum">The sum of a real value and its mirrored value.</param>
    /// <returns>The window.</returns>
    internal VoiWindow Mirror(double sum) => this with { _isMirrored = true, _mirrorSum = sum };

    private double Scale(double x) => Function switch
    {
        "SIGMOID" => 1 / (1 + Math.Exp(-4 * (x - Center) / Width)),
        "LINEAR_EXACT" => Math.Clamp(((x - Center) / Width) + 0.5, 0, 1),

        // A width of 1 is a threshold.
        _ when Width == 1 => x <= Center - 0.5 ? 0 : 1,
        _ => Math.Clamp(((x - (Center - 0.5)) / (Width - 1)) + 0.5, 0, 1),
    };
}
