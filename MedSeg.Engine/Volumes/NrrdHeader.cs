using System.Globalization;
using System.Text;

namespace MedSeg.Volumes;

/// <summary>The fields and key/value pairs of an NRRD header (teem.sourceforge.net/nrrd/format.html).</summary>
internal sealed class NrrdHeader
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);
    private readonly VolumeErrors _errors;

    private NrrdHeader(VolumeErrors errors) => _errors = errors;

    /// <summary>Gets the key/value pairs, such as the names of segments.</summary>
    public Dictionary<string, string> Pairs { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the names of the files with the voxels, if the header lists them.</summary>
    public List<string> DataFiles { get; } = [];

    /// <summary>Gets a value indicating whether the header lists files with voxels.</summary>
    public bool HasFileList => Words("datafile") is ["LIST", ..];

    /// <summary>Gets the offset of what follows the header, in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Checks the first bytes for the signature of NRRD.</summary>
    /// <param name="head">The first bytes.</param>
    public static bool IsNrrd(ReadOnlySpan<byte> head) => head.StartsWith("NRRD0"u8);

    /// <summary>Parses a header.</summary>
    /// <param name="content">The file, or as much of it as a header may have.</param>
    /// <param name="errors">The errors of the file.</param>
    public static NrrdHeader Parse(ReadOnlySpan<byte> content, VolumeErrors errors)
    {
        var header = new NrrdHeader(errors);
        int at = content.IndexOf((byte)'\n') + 1;
        while (at > 0 && at < content.Length)
        {
            int length = content[at..].IndexOf((byte)'\n');
            string line = Encoding.UTF8.GetString(length < 0 ? content[at..] : content.Slice(at, length)).TrimEnd('\r', ' ');
            at = length < 0 ? content.Length : at + length + 1;
            if (line.Length == 0)
            {
                break;
            }

            if (header.HasFileList)
            {
                // The list is the last field; a name per line.
                header.DataFiles.Add(line);
            }
            else
            {
                header.Add(line);
            }
        }

        header.Length = at;
        return header;
    }

    /// <summary>Returns a field.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; <see langword="null"/> if there is none.</returns>
    public string? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Returns a field of whole numbers.</summary>
    /// <param name="name">Its name.</param>
    public long[] Integers(string name) => [.. Words(name).Select(word => long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw _errors.Invalid($"The field '{name}' is '{Find(name)}', but should have whole numbers."))];

    /// <summary>Returns the words of a field.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The words; none if there is no such field.</returns>
    public string[] Words(string name) => (Find(name) ?? "").Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns the vectors of a field such as <c>(1,0,0) none (0,0,2)</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The vectors; <see langword="null"/> for <c>none</c>. Empty if there is no such field.</returns>
    public double[]?[] Vectors(string name)
    {
        var vectors = new List<double[]?>();
        string rest = (Find(name) ?? "").Trim();
        while (rest.Length > 0)
        {
            int end = rest[0] == '(' ? rest.IndexOf(')') : rest.StartsWith("none", StringComparison.OrdinalIgnoreCase) ? 3 : -1;
            if (end < 0)
            {
                throw _errors.Invalid($"The field '{name}' is '{Find(name)}', but should have vectors such as (1,0,0).");
            }

            vectors.Add(rest[0] == '(' ? [.. rest[1..end].Split(',').Select(number => Number(number, name))] : null);
            rest = rest[(end + 1)..].TrimStart();
        }

        return [.. vectors];
    }

    /// <summary>Parses a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The field, for messages.</param>
    public double Number(string text, string name) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw _errors.Invalid($"The field '{name}' has '{text}', which is not a number.");

    private void Add(string line)
    {
        int pair = line.IndexOf(":=", StringComparison.Ordinal);
        int field = line.IndexOf(": ", StringComparison.Ordinal);
        if (line[0] == '#')
        {
            return;
        }

        if (pair > 0 && (field < 0 || pair < field))
        {
            Pairs[line[..pair]] = line[(pair + 2)..];
        }
        else if (line.IndexOf(':') is > 0 and int colon)
        {
            _fields[line[..colon].Replace(" ", "", StringComparison.Ordinal)] = line[(colon + 1)..].Trim();
        }
        else
        {
            throw _errors.Invalid($"The header has the line '{(line.Length > 40 ? line[..40] + "…" : line)}', which is not a field.");
        }
    }
}
