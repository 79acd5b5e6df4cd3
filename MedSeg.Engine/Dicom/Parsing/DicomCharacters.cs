using System.Text;

namespace MedSeg.Dicom.Parsing;

/// <summary>A set of characters that a text may use (DICOM PS3.3, C.12.1.1.2), by its ISO registration number.</summary>
internal sealed class DicomCharacters
{
    /// <summary>The number of US-ASCII.</summary>
    public const int Ascii = 6;

    /// <summary>The number of the katakana of JIS X 0201, whose Latin letters have the number 14.</summary>
    public const int Katakana = 13;

    private const int Romaji = 14;
    private const int Kanji = 87;
    private const int SupplementaryKanji = 159;
    private const int Korean = 149;
    private const int Chinese = 58;

    // The code page of each number. Windows-874 extends TIS 620; 949 and 936 extend the standards' sets in their upper halves.
    private static readonly Dictionary<int, int> s_codePages = new()
    {
        [100] = 28591, [101] = 28592, [109] = 28593, [110] = 28594, [144] = 28595, [127] = 28596, [126] = 28597, [138] = 28598, [148] = 28599, [203] = 28605, [166] = 874,
        [Kanji] = 20932, [SupplementaryKanji] = 20932, [Korean] = 949, [Chinese] = 936,
    };

    // Where the code pages differ from the standards (ISO 8859-7:2003, ISO 8859-8, JIS X 0212), by number and code.
    private static readonly Dictionary<(int Set, int Code), string> s_exceptions = new()
    {
        [(126, 0xA1)] = "\u2018", [(126, 0xA2)] = "\u2019", [(126, 0xA4)] = "\u20AC", [(126, 0xA5)] = "\u20AF", [(126, 0xAA)] = "\u037A", [(138, 0xAF)] = "\u00AF",
        [(SupplementaryKanji, 0x2237)] = "~", [(SupplementaryKanji, 0x2271)] = "\u2116",
    };

    private readonly int _number;
    private readonly Encoding? _encoding;

    private DicomCharacters(int number)
    {
        _number = number;
        _encoding = s_codePages.TryGetValue(number, out int page) ? EncodingOf(page) : null;
    }

    /// <summary>Gets the number of bytes of a character.</summary>
    public int Width => _number is Kanji or SupplementaryKanji or Korean or Chinese ? 2 : 1;

    /// <summary>Gets a value indicating whether the set has codes from 0x21 to 0x7E (G0) rather than from 0xA0 to 0xFF (G1).</summary>
    public bool IsLower => _number is Ascii or Romaji or Kanji or SupplementaryKanji;

    /// <summary>Finds a set.</summary>
    /// <param name="number">The ISO registration number.</param>
    /// <returns>The set; <see langword="null"/> if DICOM has none of this number.</returns>
    public static DicomCharacters? Find(int number) =>
        number is Ascii or Romaji or Katakana || s_codePages.ContainsKey(number) ? new DicomCharacters(number) : null;

    /// <summary>Returns an encoding that throws where bytes have no character.</summary>
    /// <param name="codePage">The code page.</param>
    public static Encoding EncodingOf(int codePage) =>
        CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    /// <summary>Decodes a character.</summary>
    /// <param name="bytes">As many bytes as the set needs.</param>
    /// <returns>The character; <see langword="null"/> if there is none.</returns>
    public string? Decode(ReadOnlySpan<byte> bytes)
    {
        int code = bytes.Length == 1 ? bytes[0] : (bytes[0] << 8) | bytes[1];
        if (s_exceptions.TryGetValue((_number, code), out string? exception))
        {
            return exception;
        }

        if (_encoding is null)
        {
            return _number switch
            {
                Katakana when code is >= 0xA1 and <= 0xDF => ((char)(code - 0xA1 + 0xFF61)).ToString(),
                Ascii or Romaji when code < 0x80 => ((char)code).ToString(),
                _ => null,
            };
        }

        try
        {
            // EUC has JIS X 0208 in upper bytes; this code page has JIS X 0212 with a lower second byte.
            string text = _number switch
            {
                Kanji => _encoding.GetString([(byte)(bytes[0] | 0x80), (byte)(bytes[1] | 0x80)]),
                SupplementaryKanji => _encoding.GetString([(byte)(bytes[0] | 0x80), bytes[1]]),
                _ => _encoding.GetString(bytes),
            };
            return text is [>= '\uE000' and <= '\uF8FF'] ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
