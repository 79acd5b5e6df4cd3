using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>
/// Converts stored values to real values: slope and intercept or the modality LUT (DICOM PS3.3, C.11.1), polarity, and
/// the luminance of colours. Tables are read once for all frames of a file.
/// </summary>
/// <param name="pixels">The pixels.</param>
/// <param name="dataset">The data set of the file.</param>
/// <param name="attributes">The attributes of its frames.</param>
/// <param name="buffer">Memory for the values of grey frames; <see langword="null"/> to allocate memory for each frame.</param>
internal sealed class ModalityTransform(DicomPixels pixels, DicomDataset dataset, FrameAttributes attributes, FrameBuffer? buffer = null)
{
    // The weights of red, green and blue in the luminance of YBR_FULL (PS3.3, C.7.6.3.1.2; ITU-R BT.601).
    private const double Red = 0.299;
    private const double Green = 0.587;
    private const double Blue = 0.114;

    private readonly PixelDescription _description = pixels.Description;

    // Read when the first frame needs it, so that a damaged table is an error of reading pixels, not of opening the file.
    private DicomDataset[]? _lutItems;
    private LookupTable? _lut;
    private LookupTable[]? _palette;

    /// <summary>Decodes a frame and returns its real values.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <returns>One value per pixel, row by row.</returns>
    public float[] Apply(int frame)
    {
        // An invalid slope is detected before the work of decoding.
        RescaleLine line = attributes.Rescale(frame);
        if (_description.Format != PixelFormat.Integer)
        {
            return Apply(frame, pixels.ReadFloats(frame));
        }

        bool isLinear = _description.Photometric is Photometric.Monochrome1 or Photometric.Monochrome2 && !HasLut();
        return isLinear && pixels.HasWords && pixels.TryReadGrey(frame, line, Take, out float[] values) ? values : Apply(frame, pixels.ReadStored(frame));
    }

    /// <summary>Converts a frame of integers to real values.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="stored">Its stored values, samples interleaved.</param>
    /// <returns>One value per pixel, row by row.</returns>
    public float[] Apply(int frame, int[] stored)
    {
        RescaleLine line = attributes.Rescale(frame);
        return _description.Photometric switch
        {
            Photometric.Monochrome1 or Photometric.Monochrome2 when HasLut() => LookUp(stored),
            Photometric.Monochrome1 or Photometric.Monochrome2 => Rescale(stored, line),
            Photometric.Palette => Luminance(Colors(stored)),
            Photometric.Rgb => Luminance(Array.ConvertAll(stored, value => (double)value)),
            _ => EveryThird(stored),
        };
    }

    /// <summary>Converts a frame of floating-point numbers to real values.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="stored">Its stored values.</param>
    /// <returns>One value per pixel, row by row.</returns>
    public float[] Apply(int frame, double[] stored)
    {
        RescaleLine line = attributes.Rescale(frame);
        return Array.ConvertAll(stored, line.Of);
    }

    /// <summary>Decodes a frame and returns components of its colours, without the modality transformation, which colours do not have.</summary>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="components">The components, 0 for red, 1 for green and 2 for blue.</param>
    /// <returns>One value per pixel, row by row, for each component.</returns>
    /// <exception cref="FileFormatException"><c>ImageColor</c>: the image is grey.</exception>
    public float[][] ReadComponents(int frame, IReadOnlyList<int> components)
    {
        if (_description.Photometric is Photometric.Monochrome1 or Photometric.Monochrome2)
        {
            throw dataset.Source.Error(ErrorIds.ImageColor, "The image has no red, green and blue.", "Channels such as Color=Red are for images with colours.");
        }

        int[] stored = pixels.ReadStored(frame);
        double[] colors = _description.Photometric switch
        {
            Photometric.Palette => Colors(stored),
            Photometric.Rgb => Array.ConvertAll(stored, value => (double)value),
            _ => ToRgb(stored, Math.ScaleB(1, _description.BitsStored - 1)),
        };
        return [.. components.Select(component => Component(colors, component))];
    }

    // The inverse of the equations of YBR_FULL (PS3.3, C.7.6.3.1.2), limited to the range of stored values.
    private static double[] ToRgb(int[] ybr, double middle)
    {
        double[] rgb = new double[ybr.Length];
        for (int i = 0; i < rgb.Length; i += 3)
        {
            (double y, double cb, double cr) = (ybr[i], ybr[i + 1] - middle, ybr[i + 2] - middle);
            double red = y + (2 * (1 - Red) * cr);
            double blue = y + (2 * (1 - Blue) * cb);
            rgb[i] = Math.Clamp(red, 0, (2 * middle) - 1);
            rgb[i + 1] = Math.Clamp((y - (Red * red) - (Blue * blue)) / Green, 0, (2 * middle) - 1);
            rgb[i + 2] = Math.Clamp(blue, 0, (2 * middle) - 1);
        }

        return rgb;
    }

    private static float[] Component(double[] colors, int component)
    {
        float[] values = new float[colors.Length / 3];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)colors[(3 * i) + component];
        }

        return values;
    }

    private float[] Take(int count) => buffer?.Take(count) ?? GC.AllocateUninitializedArray<float>(count);

    private float[] Rescale(int[] stored, RescaleLine line)
    {
        float[] values = Take(stored.Length);
        RealValues.Convert(stored, _description, line, values);
        return values;
    }

    // An item of empty values is not a table.
    private bool HasLut() => (_lutItems ??= [.. dataset.Items(DicomTag.ModalityLutSequence).Where(IsTable)]).Length > 0;

    private static bool IsTable(DicomDataset item) =>
        item.Find(DicomTag.LutDescriptor) is { Value.IsEmpty: false } || item.Find(DicomTag.LutData) is { Value.IsEmpty: false };

    private float[] LookUp(int[] stored)
    {
        LookupTable table = _lut ??= LookupTable.Read(_lutItems![0], DicomTag.LutDescriptor, DicomTag.LutData, _description.IsSigned, "modality LUT");
        float[] values = Array.ConvertAll(stored, value => (float)table[value]);
        if (_description.Photometric == Photometric.Monochrome1)
        {
            // A table has no stated range, so it is mirrored within the range of its own values.
            float sum = values.Max() + values.Min();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = sum - values[i];
            }
        }

        return values;
    }

    private double[] Colors(int[] stored)
    {
        LookupTable[] colors = _palette ??= [ReadPalette(0), ReadPalette(1), ReadPalette(2)];
        double[] values = new double[3 * stored.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = colors[i % 3][stored[i / 3]];
        }

        return values;
    }

    private LookupTable ReadPalette(int color) => LookupTable.Read(
        dataset,
        DicomTag.RedPaletteDescriptor with { Element = (ushort)(DicomTag.RedPaletteDescriptor.Element + color) },
        DicomTag.RedPaletteData with { Element = (ushort)(DicomTag.RedPaletteData.Element + color) },
        _description.IsSigned,
        "colour palette");

    private static float[] Luminance(double[] colors)
    {
        float[] values = new float[colors.Length / 3];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((Red * colors[3 * i]) + (Green * colors[(3 * i) + 1]) + (Blue * colors[(3 * i) + 2]));
        }

        return values;
    }

    // The first sample of YBR is the luminance.
    private static float[] EveryThird(int[] samples)
    {
        float[] values = new float[samples.Length / 3];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = samples[3 * i];
        }

        return values;
    }
}
