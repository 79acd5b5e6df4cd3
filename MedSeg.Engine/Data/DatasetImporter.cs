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
            problems.Add(new LabelProblem("LabelMissing", LabelSeverity.Error, $"{path}: there is no mask named {name} (.npy, .png or .jpg) in {options.LabelPath}. The image is left out."));
        }

        foreach ((string name, string path) in masks.Where(m => !images.ContainsKey(m.Key)))
        {
            problems.Add(new LabelProblem("ImageMissing", LabelSeverity.Error, $"{path}: there is no image named {name} in {options.DicomPath}. The mask is left out."));
        }

        string[] names = [.. images.Keys.Where(masks.ContainsKey)];
        var samples = new Sample[names.Length];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, names.Length, parallel, i => samples[i] = Load(names[i], images[names[i]], masks[names[i]], options));

        return new Dataset
        {
            DicomPath = options.DicomPath,
            LabelPath = options.LabelPath,
            InputSize = options.InputSize,
            LabelNames = options.LabelNames.Count > 0 ? options.LabelNames : NameRois(samples),
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

    private static Sample Load(string name, string imagePath, string labelPath, DatasetOptions options)
    {
        var sample = new Sample { Name = name, ImagePath = imagePath, LabelPath = labelPath, Patient = "?", Rows = 0, Columns = 0, Values = [], Problems = [] };
        try
        {
            DicomImage image = new DicomImageReader().Read(imagePath);
            sample = sample with { Rows = image.Rows, Columns = image.Columns, Spacing = image.Spacing, Patient = Hash(image.PatientIdentity) };
            LabelImage mask = LabelReader.Read(labelPath);
            if (mask.Rows != image.Rows || mask.Columns != image.Columns)
            {
                return sample with { Problems = [new LabelProblem("LabelSizeMismatch", LabelSeverity.Error, $"{labelPath}: the mask has {mask.Rows} × {mask.Columns} pixels, its image {image.Rows} × {image.Columns}. Export the mask at the image's own size.")] };
            }

            LabelCheck check = LabelCheck.Run(mask, options.LabelNames.Count > 0 ? options.LabelNames.Count : null, labelPath);
            return Finish(sample with { Values = check.Values }, image, check, options);
        }
        catch (MedSegException e)
        {
            return sample with { Problems = [new LabelProblem(e.ErrorId, LabelSeverity.Error, e.Message)] };
        }
    }

    private static Sample Finish(Sample sample, DicomImage image, LabelCheck check, DatasetOptions options)
    {
        float[] pixels = ImageResizer.ResizeImage(image.Pixels, image.Rows, image.Columns, options.InputSize, options.ResizeMode);
        IReadOnlyList<LabelProblem> problems = check.Problems;
        if (pixels.All(p => p == pixels[0]))
        {
            problems = [.. problems, new LabelProblem("ImageConstant", LabelSeverity.Warning, $"{sample.ImagePath}: every pixel of the image has the same value.")];
        }

        IntensityNormalizer.Apply(pixels, options.Normalization);
        byte[]? roi = check.Roi is null ? null : ImageResizer.ResizeLabel(check.Roi, image.Rows, image.Columns, options.InputSize, options.ResizeMode);
        return sample with { Problems = problems, Image = pixels, Roi = roi };
    }

    private static string[] NameRois(Sample[] samples)
    {
        int highest = samples.Where(s => s.IsUsable).SelectMany(s => s.Values).Select(v => (int)Math.Round(v.Value)).DefaultIfEmpty(0).Max();
        return [.. Enumerable.Range(1, Math.Max(1, highest)).Select(k => $"ROI {k}")];
    }

    private static string Hash(string? identity) =>
        Convert.ToHexString(SHA256.HashData([.. s_salt, .. Encoding.UTF8.GetBytes(identity ?? string.Empty)]), 0, 4);
}
