using System.Security.Cryptography;
using System.Text;
using MedSeg.Dicom;
using MedSeg.Imaging;

namespace MedSeg.Data;

/// <summary>Pairs images and masks by file name, decodes them in parallel and checks them.</summary>
public static class DatasetImporter
{
    // Patients can be compared within a session and never traced after it.
    private static readonly byte[] s_salt = RandomNumberGenerator.GetBytes(16);

    /// <summary>Imports a data set.</summary>
    /// <param name="options">What to import, and how.</param>
    /// <param name="cancellationToken">Stops the import.</param>
    /// <returns>All samples; those that cannot be used say why.</returns>
    /// <exception cref="MedSegException">A folder is missing or holds nothing, or the input size is not possible.</exception>
    public static Dataset Import(DatasetOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        Network.NetworkOptions.Published(options.InputSize, Math.Max(1, options.LabelNames.Count)).Validate();
        SortedDictionary<string, string> images = Find(options.DicomPath, "images", path => !IsLabelEnding(path));
        SortedDictionary<string, string> masks = Find(options.LabelPath, "label masks", IsLabelEnding);
        var problems = new List<LabelProblem>();
        foreach ((string name, string path) in images.Where(i => !masks.ContainsKey(i.Key)))
        {
            problems.Add(new LabelProblem("LabelMissing", LabelSeverity.Error, $"{path}: there is no mask named {name} (.npy, .png or .jpg) in {options.LabelPath}. The image is left out.", 0));
        }

        foreach ((string name, string path) in masks.Where(m => !images.ContainsKey(m.Key)))
        {
            problems.Add(new LabelProblem("ImageMissing", LabelSeverity.Error, $"{path}: there is no image named {name} in {options.DicomPath}. The mask is left out.", 0));
        }

        string[] names = [.. images.Keys.Where(masks.ContainsKey)];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        IReadOnlyList<string> labelNames = options.LabelNames.Count > 0 ? options.LabelNames : NameRois(names, masks, options, parallel);
        var samples = new Sample[names.Length];
        Parallel.For(0, names.Length, parallel, i => samples[i] = Load(names[i], images[names[i]], masks[names[i]], labelNames.Count, options));

        return new Dataset
        {
            DicomPath = options.DicomPath,
            LabelPath = options.LabelPath,
            InputSize = options.InputSize,
            LabelNames = labelNames,
            Normalization = options.Normalization,
            ResizeMode = options.ResizeMode,
            Samples = samples,
            Problems = problems,
        };
    }

    private static bool IsLabelEnding(string path) => LabelReader.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    private static SortedDictionary<string, string> Find(string folder, string what, Func<string, bool> belongs)
    {
        if (!Directory.Exists(folder))
        {
            throw new MedSegException(ErrorKind.NotFound, "FolderNotFound", $"{folder}: there is no such folder, where {what} were expected. A data set is a folder with the folders dicoms and labels, or give -DicomPath and -LabelPath.", folder);
        }

        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder).Where(belongs))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (name.Length > 0 && !found.TryAdd(name, path))
            {
                throw new MedSegException(ErrorKind.InvalidData, "NameTwice", $"{path}: {found[name]} has the same name; pairs are made by name, so it must be there once.", path);
            }
        }

        return found.Count > 0 ? found : throw new MedSegException(ErrorKind.NotFound, "FolderEmpty", $"{folder}: the folder holds no {what}.", folder);
    }

    private static Sample Load(string name, string imagePath, string labelPath, int roiCount, DatasetOptions options)
    {
        var sample = new Sample { Name = name, ImagePath = imagePath, LabelPath = labelPath, Patient = "?", Rows = 0, Columns = 0, Values = [], Problems = [] };
        try
        {
            DicomImage image = new DicomImageReader().Read(imagePath);
            sample = sample with { Rows = image.Rows, Columns = image.Columns, Spacing = image.Spacing, Patient = Hash(image.PatientIdentity) };
            LabelImage mask = LabelReader.Read(labelPath);
            if (mask.Rows != image.Rows || mask.Columns != image.Columns)
            {
                return sample with { Problems = [new LabelProblem("LabelSizeMismatch", LabelSeverity.Error, $"{labelPath}: the mask has {mask.Rows} × {mask.Columns} pixels, its image {image.Rows} × {image.Columns}. Export the mask at the image's own size.", 0)] };
            }

            LabelCheckResult check = LabelSnap.Check(mask, roiCount, options.JpegStep);
            return Finish(sample with { Values = check.Values }, image, check, roiCount, options);
        }
        catch (MedSegException e)
        {
            return sample with { Problems = [new LabelProblem(e.ErrorId, LabelSeverity.Error, e.Message, 0)] };
        }
    }

    private static Sample Finish(Sample sample, DicomImage image, LabelCheckResult check, int roiCount, DatasetOptions options)
    {
        List<LabelProblem> problems = [.. check.Problems.Select(p => p with { Message = $"{sample.LabelPath}: {p.Message}" })];
        if (!image.Pixels.All(float.IsFinite))
        {
            problems.Add(new LabelProblem("ImageNotFinite", LabelSeverity.Error, $"{sample.ImagePath}: the image has values that are not finite (NaN or infinity). Check its rescale slope and intercept.", 0));
            return sample with { Problems = problems };
        }

        if (IntensityNormalizer.IsConstant(image.Pixels))
        {
            problems.Add(new LabelProblem("ImageConstant", LabelSeverity.Warning, $"{sample.ImagePath}: every pixel of the image has the same value.", image.Pixels.Length));
        }

        sample = sample with { Problems = problems };
        return check.Roi is null
            ? sample
            : sample with
            {
                Image = Prepare(image, options),
                Roi = ImageResizer.ResizeLabel(check.Roi, image.Rows, image.Columns, options.InputSize, options.ResizeMode),
                RoiPixels = CountRois(check.Roi, roiCount),
            };
    }

    // Percentiles, means and deviations are those of the slice, not of what pads it; the range is that of the result.
    private static float[] Prepare(DicomImage image, DatasetOptions options)
    {
        bool before = options.Normalization is Normalization.Percentile or Normalization.ZScore;
        if (before)
        {
            IntensityNormalizer.Apply(image.Pixels, options.Normalization);
        }

        float[] pixels = ImageResizer.ResizeImage(image.Pixels, image.Rows, image.Columns, options.InputSize, options.ResizeMode);
        if (!before)
        {
            IntensityNormalizer.Apply(pixels, options.Normalization);
        }

        return pixels;
    }

    private static long[] CountRois(byte[] roi, int roiCount)
    {
        long[] pixels = new long[roiCount + 1];
        foreach (byte number in roi)
        {
            pixels[number]++;
        }

        return pixels;
    }

    // Without names, K is the highest ROI number of the masks whose values are certain.
    private static string[] NameRois(string[] names, SortedDictionary<string, string> masks, DatasetOptions options, ParallelOptions parallel)
    {
        int[] highest = new int[names.Length];
        Parallel.For(0, names.Length, parallel, i => highest[i] = HighestRoi(masks[names[i]]));
        int count = highest.DefaultIfEmpty(0).Max();
        return count > 0 || names.Length == 0
            ? [.. Enumerable.Range(1, Math.Max(1, count)).Select(k => $"ROI {k}")]
            : throw new MedSegException(ErrorKind.InvalidData, "RoiCountUnknown", $"{options.LabelPath}: no mask tells how many ROIs there are: masks hold background only, are JPEG, or cannot be used. Name the ROIs with -LabelName.", options.LabelPath);
    }

    private static int HighestRoi(string path)
    {
        try
        {
            LabelImage mask = LabelReader.Read(path);
            IReadOnlyList<LabelValueCount> values = mask.IsLossy ? [] : LabelHistogram.Count(mask.Values);
            bool certain = values.Count > 0 && values.All(v => v.Value is >= 0 and <= 254 && v.Value == MathF.Floor(v.Value));
            return certain ? (int)values[^1].Value : 0;
        }
        catch (FileFormatException)
        {
            // Told when the sample is loaded.
            return 0;
        }
    }

    private static string Hash(string? identity) =>
        Convert.ToHexString(SHA256.HashData([.. s_salt, .. Encoding.UTF8.GetBytes(identity ?? string.Empty)]), 0, 4);
}
