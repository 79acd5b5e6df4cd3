using System.Text.RegularExpressions;

namespace MedSeg.Data.Files;

/// <summary>
/// Numbers the files of a series as ImageJ does when it opens their folder as a stack: by series number and image number or, if a file does not
/// state them or two are the same, by name, with the numbers in names compared as numbers.
/// </summary>
internal static partial class RoiStack
{
    /// <summary>Numbers images.</summary>
    /// <param name="images">The images, whose headers are read if they are not known.</param>
    /// <returns>The images in the order of the stack, with their numbers.</returns>
    public static IReadOnlyList<SeriesImage> Number(IEnumerable<SeriesImage> images)
    {
        SeriesImage[] all = [.. images.Select(image => image.Header is null ? image with { Header = ImageHeader.Read(image.Path, image.Reading) } : image).Where(image => image.Header is not null)];
        bool areNumbered = Array.TrueForAll(all, image => image.Header!.Number is not null) && all.DistinctBy(image => image.Header!.Number).Count() == all.Length;
        IEnumerable<SeriesImage> sorted = areNumbered ? all.OrderBy(image => image.Header!.Number) : all.OrderBy(image => Padded(image.Name), StringComparer.Ordinal);
        return [.. sorted.Select((image, i) => image with { Number = i + 1 })];
    }

    /// <summary>Says why a set of ROIs cannot be of these images.</summary>
    /// <param name="images">The images, with their headers.</param>
    /// <returns>A clause; <see langword="null"/> if they are one series, or each is a series of its own at another place of the same scan.</returns>
    public static string? Problem(IReadOnlyList<SeriesImage> images)
    {
        ImageHeader[] headers = [.. images.Select(image => image.Header).OfType<ImageHeader>().Where(header => header.Series.Length > 0)];
        int series = headers.DistinctBy(header => header.Series).Count();
        return series <= 1 || (series == images.Count && Array.TrueForAll(headers, headers[0].SharesPlace))
            ? null
            : $"the {images.Count} images that it matches are of {series} series, and ROIs state the number of a slice only";
    }

    private static string Padded(string name) => Digits().Replace(name, digits => digits.Value.TrimStart('0').PadLeft(20, '0'));

    [GeneratedRegex("[0-9]{1,18}", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
