using System.Globalization;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Files;
using MedSeg.Pictures;

namespace MedSeg.Reports;

/// <summary>
/// Draws the slices that a model disagrees with most: drawn outlines are solid, found ones dashed, and pixels that differ are brighter. The
/// names of the files begin with the rank, so that a folder shows them in that order.
/// </summary>
public static class DisagreementPictures
{
    /// <summary>Returns the path of a picture.</summary>
    /// <param name="folder">The absolute path of the folder.</param>
    /// <param name="slice">The slice.</param>
    public static string PathOf(string folder, LabelDisagreement slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        return Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{slice.Rank:000}_{slice.Name.Replace('/', '_')}.png"));
    }

    /// <summary>Draws a slice.</summary>
    /// <param name="folder">The absolute path of the folder, which is created.</param>
    /// <param name="dataset">The data set that was ranked.</param>
    /// <param name="slice">A slice of it.</param>
    /// <returns>The slice with the path of its picture.</returns>
    /// <exception cref="ArgumentException">The record is not from <see cref="LabelReview"/>.</exception>
    /// <exception cref="MedSegException">The slice cannot be read, or the picture cannot be written.</exception>
    public static LabelDisagreement Write(string folder, Dataset dataset, LabelDisagreement slice)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        string path = PathOf(folder, slice);
        byte[] found = slice.Found?.Unpack() ?? throw new ArgumentException("The slice was not ranked.", nameof(slice));
        Sample sample = dataset.Samples.First(s => s.Name == slice.Name);
        using RentedSlice pixels = sample.Pixels!.Open();
        AtomicFile.Write(path, stream => OverlayPicture.WriteComparison(stream, pixels.FirstChannel(), pixels.Roi, found, dataset.InputSize));
        return slice with { PicturePath = path };
    }
}
