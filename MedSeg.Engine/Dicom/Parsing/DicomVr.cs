namespace MedSeg.Dicom.Parsing;

/// <summary>
/// Value representations (DICOM PS3.5, 6.2): their two letters, first letter in the high byte. Only those that the
/// code uses have a name; other pairs of letters are valid values too.
/// </summary>
internal enum DicomVr : ushort
{
    /// <summary>Not stated in the file (implicit VR).</summary>
    None = 0,

    AE = ('A' << 8) | 'E',
    CS = ('C' << 8) | 'S',
    DA = ('D' << 8) | 'A',
    DS = ('D' << 8) | 'S',
    IS = ('I' << 8) | 'S',
    LO = ('L' << 8) | 'O',
    OB = ('O' << 8) | 'B',
    OW = ('O' << 8) | 'W',
    PN = ('P' << 8) | 'N',
    SH = ('S' << 8) | 'H',
    SQ = ('S' << 8) | 'Q',
    TM = ('T' << 8) | 'M',
    UI = ('U' << 8) | 'I',
    UL = ('U' << 8) | 'L',
    UN = ('U' << 8) | 'N',
    US = ('U' << 8) | 'S',
}

/// <summary>The encoding of value representations and lengths (DICOM PS3.5, 7.1.2).</summary>
internal static class DicomVrEncoding
{
    // Value representations with a 16-bit length (PS3.5, table 7.1-2). All others, future ones included, have a 32-bit length.
    private const string ShortLengths = "AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US";

    public static DicomVr FromLetters(byte first, byte second) => (DicomVr)((first << 8) | second);

    public static bool IsPairOfLetters(byte first, byte second) =>
        first is >= (byte)'A' and <= (byte)'Z' && second is >= (byte)'A' and <= (byte)'Z';

    public static bool HasShortLength(DicomVr vr)
    {
        for (int i = 0; i < ShortLengths.Length; i += 3)
        {
            if (ShortLengths[i] == (char)((ushort)vr >> 8) && ShortLengths[i + 1] == (char)((ushort)vr & 0xFF))
            {
                return true;
            }
        }

        return false;
    }
}
