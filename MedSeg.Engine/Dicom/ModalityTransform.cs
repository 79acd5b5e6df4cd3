using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Dicom;

/// <summary>
/// Turns stored values into real ones: slope and intercept or the modality LUT (DICOM PS3.3, C.11.1), polarity, and the
/// luminance of colours.
/// </summary>
internal static class ModalityTransform
{
    // The weights of red, green and blue in the luminance of YBR_FULL (PS3.3, C.7.6.3.1.2; ITU-R BT.601).
    private const double Red = 0.299;
    private const double Green = 0.587;
    private const double Blue = 0.114;

    /// <summary>Gives the real values of a frame.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="frame">The frame, from 0.</param>
    /// <param name="dataset">The data set of the file.</param>
    /// <param name="groups">Its functional groups.</param>
    /// <returns>One value a pixel, row by row.</returns>
    public static float[] Apply(DicomPixels pixels, int frame, DicomDataset dataset, FunctionalGroups groups)
    {
        PixelDescription description = pixels.Description;
        (double slope, double intercept) = ReadRescale(frame, groups);
        if (description.Format != PixelFormat.Integer)
        {
            return Array.ConvertAll(pixels.ReadFloats(frame), value => (float)((value * slope) + intercept));
        }

        bool isPlain = slope == 1 && intercept == 0 && description.Photometric == Photometric.Monochrome2;
        if (isPlain && dataset.Items(DicomTag.ModalityLutSequence) is not [_, ..] && pixels.TryGetWords(frame, out ReadOnlySpan<ushort> words))
        {
            return ToSingles(words);
        }

        int[] stored = pixels.ReadStored(frame);
        return description.Photometric switch
        {
            Photometric.Monochrome1 or Photometric.Monochrome2 when dataset.Items(DicomTag.ModalityLutSequence) is [DicomDataset lut, ..] => LookUp(stored, description, lut),
            Photometric.Monochrome1 or Photometric.Monochrome2 => Rescale(stored, description, slope, intercept),
            Photometric.Palette => Luminance(Colors(stored, description, dataset)),
            Photometric.Rgb => Luminance(Array.ConvertAll(stored, value => (double)value)),
            _ => EveryThird(stored),
        };
    }

    /// <summary>Reads slope and intercept of a frame.</summary>
    public static (double Slope, double Intercept) ReadRescale(int frame, FunctionalGroups groups) =>
        ReadRescale(groups.Holder(frame, DicomTag.PixelValueTransformationSequence, DicomTag.RescaleSlope));

    /// <summary>Gives the stored values' bits that MONOCHROME1 flips: in the mirror image a signed v becomes −1 − v, an unsigned one 2^bits − 1 − v.</summary>
    public static int FlippedBits(PixelDescription pixels) =>
        pixels.Photometric != Photometric.Monochrome1 ? 0 : pixels.IsSigned ? -1 : (int)(uint.MaxValue >> (32 - pixels.BitsStored));

    private static float[] ToSingles(ReadOnlySpan<ushort> words)
    {
        float[] values = GC.AllocateUninitializedArray<float>(words.Length);
        Span<Vector<float>> targets = MemoryMarshal.Cast<float, Vector<float>>(values.AsSpan());
        ReadOnlySpan<Vector<ushort>> vectors = MemoryMarshal.Cast<ushort, Vector<ushort>>(words);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector.Widen(vectors[i], out Vector<uint> first, out Vector<uint> second);
            targets[2 * i] = Vector.ConvertToSingle(Vector.AsVectorInt32(first));
            targets[(2 * i) + 1] = Vector.ConvertToSingle(Vector.AsVectorInt32(second));
        }

        for (int i = vectors.Length * Vector<ushort>.Count; i < values.Length; i++)
        {
            values[i] = words[i];
        }

        return values;
    }

    private static (double Slope, double Intercept) ReadRescale(DicomDataset dataset)
    {
        double slope = dataset.GetDecimal(DicomTag.RescaleSlope, "Rescale Slope", fallback: 1);
        double intercept = dataset.GetDecimal(DicomTag.RescaleIntercept, "Rescale Intercept", fallback: 0);
        return slope != 0 && (Math.Abs(slope) * uint.MaxValue) + Math.Abs(intercept) <= float.MaxValue
            ? (slope, intercept)
            : throw dataset.Source.Error(
                DicomErrorId.Invalid,
                $"Rescale Slope {DicomTag.RescaleSlope} is zero or, with the intercept, too great: every pixel would have the same or no value. Correct the element (for example with dcmtk's dcmodify) or export the file again.");
    }

    private static float[] Rescale(int[] stored, PixelDescription pixels, double slope, double intercept)
    {
        int flip = FlippedBits(pixels);
        float[] values = GC.AllocateUninitializedArray<float>(stored.Length);
        if (pixels.IsSigned || pixels.BitsStored < 32)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(((stored[i] ^ flip) * slope) + intercept);
            }
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(((uint)(stored[i] ^ flip) * slope) + intercept);
            }
        }

        return values;
    }

    private static float[] LookUp(int[] stored, PixelDescription pixels, DicomDataset lut)
    {
        LookupTable table = LookupTable.Read(lut, DicomTag.LutDescriptor, DicomTag.LutData, pixels.IsSigned, "modality LUT");
        float[] values = Array.ConvertAll(stored, value => (float)table[value]);
        if (pixels.Photometric == Photometric.Monochrome1)
        {
            // The range of a table has no other mirror than that of its own values.
            float sum = values.Max() + values.Min();
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = sum - values[i];
            }
        }

        return values;
    }

    private static double[] Colors(int[] stored, PixelDescription pixels, DicomDataset dataset)
    {
        var colors = new LookupTable[3];
        for (ushort i = 0; i < colors.Length; i++)
        {
            colors[i] = LookupTable.Read(
                dataset,
                DicomTag.RedPaletteDescriptor with { Element = (ushort)(DicomTag.RedPaletteDescriptor.Element + i) },
                DicomTag.RedPaletteData with { Element = (ushort)(DicomTag.RedPaletteData.Element + i) },
                pixels.IsSigned,
                "colour palette");
        }

        double[] values = new double[3 * stored.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = colors[i % 3][stored[i / 3]];
        }

        return values;
    }

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
