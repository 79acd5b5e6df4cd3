using System.Text;
using System.Text.RegularExpressions;
using MedSeg.Errors;

namespace MedSeg.Data.Files;

/// <summary>
/// Folders below another one by a pattern such as <c>{patient}/{session}/images</c>: a name in braces means any text within the name of one
/// folder; everything else is compared without regard to case.
/// </summary>
internal sealed partial class FolderPattern
{
    /// <summary>The placeholder of the patient.</summary>
    public const string Patient = "patient";

    private const string Advice = "Use for example -FolderPattern '{patient}/{session}/images', '{patient}/{session}/labels'.";

    private readonly string _text;
    private readonly Regex[] _levels;

    /// <summary>Initializes a new instance of the <see cref="FolderPattern"/> class.</summary>
    /// <param name="text">The pattern.</param>
    /// <exception cref="MedSegException"><c>FolderPatternInvalid</c>: it does not have the patient, has a placeholder twice, or leads out of the folder.</exception>
    public FolderPattern(string text)
    {
        _text = text;
        string[] levels = text.Replace('\\', '/').Trim('/').Split('/');
        Names = [.. Placeholder().Matches(text).Select(match => match.Groups[1].Value.ToLowerInvariant())];
        string? problem = !Names.Contains(Patient) ? "It has no {patient}"
            : Names.Distinct().Count() < Names.Count ? "A name in braces occurs twice"
            : levels.Any(level => level is "" or "." or "..") || Placeholder().Replace(text, "").IndexOfAny(['{', '}', ':']) >= 0 ? "It is not a path below the folder"
            : null;
        if (problem is not null)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FolderPatternInvalid, $"-FolderPattern is '{text}'. {problem}.") { Advice = Advice };
        }

        _levels = [.. levels.Select(ToRegex)];
    }

    /// <summary>Gets the names in braces, in lower case, in their order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Finds the folders that match.</summary>
    /// <param name="root">The absolute path of the folder that the pattern is relative to.</param>
    /// <returns>The absolute path of each folder, with the text of each name in braces, in the order of the paths.</returns>
    public IReadOnlyList<(string Path, IReadOnlyDictionary<string, string> Values)> Find(string root)
    {
        List<(string Path, Dictionary<string, string> Values)> found = [(root, [])];
        foreach (Regex level in _levels)
        {
            found =
            [
                .. found.SelectMany(folder => Directory.EnumerateDirectories(folder.Path).Order(StringComparer.Ordinal)
                    .Where(path => Path.GetFileName(path)[0] != '.' && !SystemFile.Is(root, path))
                    .Select(path => (Path: path, Match: level.Match(Path.GetFileName(path))))
                    .Where(candidate => candidate.Match.Success)
                    .Select(candidate => (candidate.Path, new Dictionary<string, string>(folder.Values.Concat(Named(candidate.Match)))))),
            ];
        }

        return [.. found.Select(folder => (folder.Path, (IReadOnlyDictionary<string, string>)folder.Values))];
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static IEnumerable<KeyValuePair<string, string>> Named(Match match) =>
        match.Groups.Values.Where(group => !char.IsAsciiDigit(group.Name[0])).Select(group => KeyValuePair.Create(group.Name, group.Value));

    private static Regex ToRegex(string level)
    {
        var pattern = new StringBuilder("^");
        int at = 0;
        foreach (Match placeholder in Placeholder().Matches(level))
        {
            pattern.Append(Regex.Escape(level[at..placeholder.Index])).Append("(?<").Append(placeholder.Groups[1].Value.ToLowerInvariant()).Append(">.+?)");
            at = placeholder.Index + placeholder.Length;
        }

        return new Regex(pattern.Append(Regex.Escape(level[at..])).Append('$').ToString(), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(@"\{([A-Za-z][A-Za-z0-9_]{0,30})\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
