using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MedSeg.Dicom.Parsing;

/// <summary>
/// Decodes texts by the Specific Character Set (0008,0005) of their data set: a single set, or several that ISO 2022 escape sequences
/// switch between (DICOM PS3.3, C.12.1.1.2; PS3.5, 6.1.2.4 and 6.1.2.5).
/// </summary>
internal sealed partial class DicomTextDecoder
{
    private const byte Escape = 0x1B;

    // The bytes after ESC that invoke each set, and its number (PS3.3, tables C.12-3 and C.12-4); $@ is an older edition of $B.
    private static readonly (string Sequence, int Set)[] s_escapes =
    [
        ("(B", 6), ("(J", 14), (")I", 13), ("-A", 100), ("-B", 101), ("-C", 109), ("-D", 110), ("-L", 144), ("-G", 127), ("-F", 126), ("-H", 138), ("-M", 148),
        ("-b", 203), ("-T", 166), ("$B", 87), ("$@", 87), ("$(B", 87), ("$(D", 159), ("$)C", 149), ("$)A", 58),
    ];

    private readonly Encoding? _whole;
    private readonly DicomCharacters? _upper;
    private readonly bool _isKnown;

    /// <summary>Initializes a new instance of the <see cref="DicomTextDecoder"/> class.</summary>
    /// <param name="characterSet">The value of Specific Character Set; <see langword="null"/> if there is none.</param>
    public DicomTextDecoder(string? characterSet)
    {
        string[] names = [.. (characterSet ?? string.Empty).Split('\\').Select(name => name.Trim().ToUpperInvariant().Replace('_', ' ').Replace('-', ' '))];
        _whole = names[0] switch
        {
            "ISO IR 192" or "UTF 8" or "UTF8" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true),
            "GB18030" or "ISO 2022 GB18030" => DicomCharacters.EncodingOf(54936),
            "GBK" or "ISO 2022 GBK" => DicomCharacters.EncodingOf(936),
            _ => null,
        };
        int first = NumberOf(names[0]);
        _isKnown = _whole is not null || Array.TrueForAll(names, name => DicomCharacters.Find(NumberOf(name)) is not null);
        _upper = DicomCharacters.Find(first) is { IsLower: false } upper ? upper : null;
    }

    /// <summary>Decodes a text.</summary>
    /// <param name="bytes">The bytes of its value, without padding.</param>
    /// <param name="vr">Its value representation: in person names, ^ and = end the effect of escape sequences too.</param>
    /// <returns>The text; <see langword="null"/> if bytes have no character in the stated sets, or a set is not known.</returns>
    public string? Decode(ReadOnlySpan<byte> bytes, DicomVr vr)
    {
        if (!_isKnown)
        {
            return null;
        }

        try
        {
            return _whole is null ? DecodeSwitched(bytes, vr == DicomVr.PN) : _whole.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^ISO ?(?:2022 ?)?IR ?(\d{1,3})$")]
    private static partial Regex Registration();

    // An empty value is the default repertoire.
    private static int NumberOf(string name) => name.Length == 0 ? DicomCharacters.Ascii
        : Registration().Match(name) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : -1;

    private static bool IsDelimiter(byte value, bool isName) => value is (byte)'\\' or (byte)'\r' or (byte)'\n' or (byte)'\f' or (byte)'\t' || (isName && value is (byte)'^' or (byte)'=');

    private string? DecodeSwitched(ReadOnlySpan<byte> bytes, bool isName)
    {
        var text = new StringBuilder(bytes.Length);
        DicomCharacters ascii = DicomCharacters.Find(DicomCharacters.Ascii)!;
        DicomCharacters lower = ascii;
        DicomCharacters? upper = _upper;
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            if (rest[0] == Escape)
            {
                if (FindEscape(rest[1..], out int length) is not { } set)
                {
                    return null;
                }

                (lower, upper) = set.IsLower ? (set, upper) : (lower, set);
                at += 1 + length;
                continue;
            }

            DicomCharacters? current = rest[0] < 0x80 ? lower : upper;
            if (!IsPair(rest, current) && IsDelimiter(rest[0], isName))
            {
                (lower, upper) = (ascii, _upper);
                current = ascii;
            }

            bool isControl = rest[0] <= 0x20;
            if (DecodeFirst(rest, isControl ? ascii : current) is not { } character)
            {
                return null;
            }

            text.Append(character);
            at += isControl ? 1 : current!.Width;
        }

        return text.ToString();
    }

    // Half of a kanji may have the code of a delimiter. Some writers do not return to ASCII before a real one.
    private static bool IsPair(ReadOnlySpan<byte> rest, DicomCharacters? current) =>
        current is { Width: 2 } && rest.Length > 1 && (rest[1] & 0x7F) is > 0x20 and < 0x7F && (rest[1] & 0x80) == (rest[0] & 0x80);

    private static string? DecodeFirst(ReadOnlySpan<byte> rest, DicomCharacters? current) =>
        current is null || rest.Length < current.Width || (current.Width == 2 && !IsPair(rest, current)) ? null : current.Decode(rest[..current.Width]);

    private static DicomCharacters? FindEscape(ReadOnlySpan<byte> bytes, out int length)
    {
        foreach ((string sequence, int set) in s_escapes)
        {
            if (bytes.Length >= sequence.Length && Encoding.ASCII.GetString(bytes[..sequence.Length]) == sequence)
            {
                length = sequence.Length;
                return DicomCharacters.Find(set);
            }
        }

        length = 0;
        return null;
    }
}
