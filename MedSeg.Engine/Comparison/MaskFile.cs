using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Comparison;

/// <summary>A mask file of one rater: a single mask, or a NIfTI volume of planes.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Planes">The ROI numbers of each plane.</param>
/// <param name="HighestRoi">The highest ROI number.</param>
/// <param name="Problems">Warnings and notices about the values.</param>
internal sealed record MaskFile(string Path, int Rows, int Columns, IReadOnlyList<PackedMask> Planes, int HighestRoi, IReadOnlyList<LabelProblem> Problems)
{
    /// <summary>Gets the position of a volume's voxels; null for other files, or if the volume does not state it.</summary>
    public VoxelGrid? Grid { get; init; }

    /// <summary>Gets the pixel spacing that a volume states; null for other files.</summary>
    public PixelSpacing? Spacing => Grid is null ? null : new PixelSpacing(Grid.Steps[1].Length, Grid.Steps[0].Length);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="options">The ROIs of values.</param>
    /// <returns>The masks.</returns>
    /// <exception cref="MedSegException">The file cannot be read, or its values do not say which ROI is meant.</exception>
    public static MaskFile Read(string path, MaskComparisonOptions options)
    {
        if (DicomLabels.ClassOf(path) is { } labels)
        {
            string what = labels == RtStructVolume.StructureSetClass ? "an RT Structure Set, whose contours" : "a DICOM segmentation, whose frames";
            throw new FileFormatException(ErrorIds.LabelVolume, path, $"The file is {what} are matched to images by position.")
            {
                Advice = "Give the folder of the images with -ImagePath.",
            };
        }

        bool isVolume = VolumeFile.Is(path);
        byte[] content = isVolume ? [] : FileContent.ReadWithinBudget(path);
        if (!isVolume && !NiftiFile.MayBeNifti(content))
        {
            return Of(path, [LabelReader.Decode(content, path, options.LabelMap)], options);
        }

        var volume = new VoxelLabelVolume(isVolume ? VolumeFile.Open(path) : VolumeFile.Decode(content, path));
        return Of(path, Enumerable.Range(0, volume.PlaneCount).Select(volume.ReadPlane), options) with { Grid = volume.Grid };
    }

    private static MaskFile Of(string path, IEnumerable<LabelImage> images, MaskComparisonOptions options)
    {
        (int rows, int columns, int highest) = (0, 0, 0);
        var planes = new List<PackedMask>();
        var problems = new List<LabelProblem>();
        foreach (LabelImage image in images)
        {
            LabelCheckResult check = Check(image, path, options);
            byte[] roi = check.Roi ?? throw Refuse(check.Problems.First(p => p.Severity == LabelSeverity.Error), path);
            problems.AddRange(check.Problems.Select(p => p with { Message = $"{path}: {p.Message}" }));
            planes.Add(PackedMask.Of(roi));
            (rows, columns, highest) = (image.Rows, image.Columns, Math.Max(highest, roi.Max()));
        }

        return new MaskFile(path, rows, columns, planes, highest, [.. problems.DistinctBy(p => p.Code)]);
    }

    private static LabelCheckResult Check(LabelImage image, string path, MaskComparisonOptions options) =>
        image.IsLossy && options.LabelNames.Count == 0 && options.LabelMap.Values.Count == 0
            ? throw new FileFormatException(ErrorIds.RoiCountUnknown, path, "The number of ROIs is not known, and the grey levels of a JPEG mask depend on it.") { Advice = "Name the ROIs with -LabelName." }
            : LabelSnap.Check(image, options.LabelNames.Count > 0 ? options.LabelNames.Count : InputLimits.MaximumRoiCount, options.JpegStep, options.LabelMap);

    private static FileFormatException Refuse(LabelProblem problem, string path) => new(problem.Code, path, problem.Message) { Advice = problem.Advice };
}
