using System.Globalization;
using System.Text.RegularExpressions;
using MedSeg.Errors;

namespace MedSeg.Volumes;

/// <summary>Names of several files with voxels that a header states as a pattern of C, such as <c>slice%03d.raw 1 24 1</c>.</summary>
internal static partial class NumberedFiles
{
    /// <summary>The greatest number of files: each is opened on its own.</summary>
    public const int Most = 1 << 16;

    /// <summary>Checks whether a header's field is a pattern.</summary>
    /// <param name="field">The field.</param>
    public static bool Is(string field) => Pattern().IsMatch(field);

    /// <summary>Lists the names.</summary>
    /// <param name="field">The pattern, with the first and the last number and the step.</param>
    /// <param name="name">The name of the field, for messages.</param>
    /// <param name="count">The number of files if the field does not state the last number.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <returns>The names, and what follows the step: a number of axes, or nothing.</returns>
    /// <exception cref="FileFormatException"><c>VolumeInvalid</c>: there are none, or too many.</exception>
    public static (string[] Names, string Axes) Of(string field, string name, long count, VolumeErrors errors)
    {
        Match match = Pattern().Match(field);
        long Number(string group, long otherwise) => !match.Groups[group].Success ? otherwise : long.TryParse(match.Groups[group].Value, CultureInfo.InvariantCulture, out long number) ? number : 0;
        long first = Number("n1", 1);
        long step = Number("n3", 1);
        double steps = step == 0 ? -1 : ((double)Number("n2", first + count - 1) - first) / step;
        if (steps is not (>= 0 and < Most))
        {
            throw errors.Invalid($"The field '{name}' is '{field}', which names no files, or more than {Most:N0}.");
        }

        string format = new('0', int.TryParse(match.Groups["width"].Value, CultureInfo.InvariantCulture, out int width) ? Math.Clamp(width, 1, 18) : 1);
        string NameOf(int i) => match.Groups["before"].Value + (first + (i * step)).ToString(format, CultureInfo.InvariantCulture) + match.Groups["after"].Value;
        return ([.. Enumerable.Range(0, (int)steps + 1).Select(NameOf)], match.Groups["axes"].Value);
    }

    [GeneratedRegex(@"^(?<before>[^%]*)%0?(?<width>\d*)[diu](?<after>[^%]*?)(\s+(?<n1>-?\d+)(\s+(?<n2>-?\d+)(\s+(?<n3>-?\d+)(\s+(?<axes>\d+))?)?)?)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
