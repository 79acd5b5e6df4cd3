using System.Globalization;
using MedSeg.Augmentation;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Pictures;
using MedSeg.Tensors;
using MedSeg.Training;
using MedSeg.Training.Splits;

namespace MedSeg.Reports;

/// <summary>Shows one slice under each transform of augmentation at its extremes, to check that the results still look like real images.</summary>
public static class TransformPreview
{
    /// <summary>The number of tiles per row that keeps each kind of transform together.</summary>
    public const int Columns = 6;

    /// <summary>Makes the tiles of the slice with the most ROIs; among several, the one with the largest.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="options">The ranges; a transform that is off is shown at a typical value, and its caption says that it is off.</param>
    /// <returns>A tile of the unchanged slice and of each transform, all with the intensity range of the unchanged slice.</returns>
    /// <exception cref="MedSegException">An option is out of range, or no sample can be used.</exception>
    public static IReadOnlyList<PreviewTile> Extremes(Dataset dataset, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Sample sample = PatientSplit.Create(dataset, new SplitOptions()).Training
            .OrderByDescending(s => s.RoiPixels.Skip(1).Count(n => n > 0)).ThenByDescending(s => s.RoiPixels.Skip(1).Sum()).First();
        using RentedSlice slice = sample.Pixels!.Open();
        var original = new PreviewTile("As it is", dataset.InputSize, [.. slice.FirstChannel()], [.. slice.Roi]);
        original = original with { Window = (original.Image.Min(), original.Image.Max()) };
        return [original, .. Moved(original, options), .. Changed(original, options)];
    }

    private static IEnumerable<PreviewTile> Moved(PreviewTile slice, TrainingOptions options)
    {
        int size = slice.Size;
        var still = AffineMap.Rotation(0, size);
        bool may = options.AugmentationProbability > 0;
        var rotation = new Range(may, options.RotationDegrees, 0, 5);
        double angle = rotation.Value * Math.PI / 180;
        yield return Move(slice, rotation.Caption($"Rotation −{rotation.Value:0.#}°"), AffineMap.Rotation(-angle, size));
        yield return Move(slice, rotation.Caption($"Rotation +{rotation.Value:0.#}°"), AffineMap.Rotation(angle, size));

        var warp = new Range(may, options.WarpMinimum, 1, 0.8);
        yield return Move(slice, warp.Caption($"Warp {warp.Value:0.00} across"), still with { WarpX = warp.Value });
        yield return Move(slice, warp.Caption($"Warp {warp.Value:0.00} down"), still with { WarpY = warp.Value });
        yield return Move(slice, warp.Caption($"Warp {warp.Value:0.00} both"), still with { WarpX = warp.Value, WarpY = warp.Value });

        var least = new Range(may, options.CropMinimum, 1, 0.5);
        var greatest = new Range(may && !least.IsOff, options.CropMaximum, double.NaN, 0.8);
        double room = (1 - least.Value) * size;
        double middle = (1 - greatest.Value) * size / 2;
        yield return Move(slice, least.Caption($"Crop {least.Value:0.00} upper left"), still with { Side = least.Value });
        yield return Move(slice, least.Caption($"Crop {least.Value:0.00} lower right"), still with { Side = least.Value, CropX = room, CropY = room });
        yield return Move(slice, greatest.Caption($"Crop {greatest.Value:0.00} centre"), still with { Side = greatest.Value, CropX = middle, CropY = middle });

        var elastic = new Range(options.IntensityProbability > 0, options.ElasticShift, 0, 0.05);
        for (int draw = 1; draw <= 2; draw++)
        {
            var random = new SampleRandom(options.Seed, 1, draw);
            yield return Move(slice, elastic.Caption($"Elastic {elastic.Value:0.00} ({(draw == 1 ? "one" : "another")})"), still, ElasticField.OfStrength(elastic.Value * size, ref random));
        }
    }

    private static IEnumerable<PreviewTile> Changed(PreviewTile slice, TrainingOptions options)
    {
        int size = slice.Size;
        bool may = options.IntensityProbability > 0;
        var blur = new Range(may, options.BlurSigma, 0, 1);
        yield return Change(slice, blur.Caption($"Blur {blur.Value:0.0#} pixels"), image => IntensityAugmentation.Blur(image, size, blur.Value));

        var gamma = new Range(may, options.GammaRange, 0, 0.3);
        yield return Change(slice, gamma.Caption($"Gamma {1 / (1 + gamma.Value):0.00}"), image => IntensityAugmentation.ChangeGamma(image, 1 / (1 + gamma.Value)));
        yield return Change(slice, gamma.Caption($"Gamma {1 + gamma.Value:0.00}"), image => IntensityAugmentation.ChangeGamma(image, 1 + gamma.Value));

        var contrast = new Range(may, options.ContrastRange, 0, 0.25);
        yield return Change(slice, contrast.Caption($"Contrast × {1 - contrast.Value:0.00}"), image => IntensityAugmentation.ChangeContrast(image, 1 - contrast.Value));
        yield return Change(slice, contrast.Caption($"Contrast × {1 + contrast.Value:0.00}"), image => IntensityAugmentation.ChangeContrast(image, 1 + contrast.Value));

        var noise = new Range(may, options.NoiseDeviation, 0, 0.1);
        yield return Change(slice, noise.Caption($"Noise {noise.Value:0.00}"), image =>
        {
            var random = new SampleRandom(options.Seed, 1, 0);
            IntensityAugmentation.AddNoise(image, noise.Value, ref random);
        });

        var coarse = new Range(may, options.LowResolutionFactor, 1, 2);
        yield return Change(slice, coarse.Caption($"Resolution ÷ {coarse.Value:0.0#}"), image => IntensityAugmentation.Coarsen(image, size, coarse.Value));
    }

    private static PreviewTile Move(PreviewTile slice, string caption, in AffineMap map, ElasticField? field = null)
    {
        float[] image = new float[slice.Image.Length];
        byte[] roi = new byte[slice.Roi.Length];
        SampleAugmentation.Move(slice.Image, slice.Roi, slice.Size, map, field, image, roi);
        return slice with { Caption = caption, Image = image, Roi = roi };
    }

    private static PreviewTile Change(PreviewTile slice, string caption, Action<float[]> change)
    {
        float[] image = [.. slice.Image];
        change(image);
        return slice with { Caption = caption, Image = image };
    }

    /// <summary>The extreme of a transform: that of the options, or a typical value if it is off.</summary>
    private readonly struct Range(bool isEnabled, double value, double none, double typical)
    {
        public bool IsOff { get; } = !isEnabled || value == none;

        public double Value { get; } = !isEnabled || value == none ? typical : value;

        public string Caption(FormattableString text) => text.ToString(CultureInfo.InvariantCulture) + (IsOff ? ", off" : "");
    }
}
