using System.Buffers;
using System.Text.RegularExpressions;

namespace MedSeg.Files;

/// <summary>
/// Finds names of files and folders that cannot exist on every system. Folders are copied from Linux to Windows, so what Windows refuses
/// is refused everywhere (Naming Files, Paths, and Namespaces, in Microsoft's Win32 documentation).
/// </summary>
public static partial class FileNames
{
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create("<>:\"|?*");

    /// <summary>Checks a name.</summary>
    /// <param name="name">The name of a file or folder, without its path.</param>
    /// <returns>A clause that says what is wrong, without a full stop; null if nothing is.</returns>
    public static string? FindProblem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int at = name.AsSpan().IndexOfAny(s_forbidden);
        return at >= 0 ? $"names of files and folders cannot contain '{name[at]}' on Windows"
            : name.Any(char.IsControl) ? "names of files and folders cannot contain control characters"
            : name.Length > 0 && name[^1] is '.' or ' ' ? "Windows removes a dot or blank at the end of a name"
            : Device().Match(name) is { Success: true } device ? $"{device.Groups[1].Value.ToUpperInvariant()} is the name of a device on Windows, with any extension"
            : null;
    }

    [GeneratedRegex(@"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
