namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The second bytes of the markers of JPEG-LS (ITU-T T.87, table C.1).</summary>
internal static class JpegLsMarker
{
    public const byte FirstRestart = 0xD0;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte RestartInterval = 0xDD;
    public const byte FirstApplication = 0xE0;
    public const byte ApplicationOfColorTransform = 0xE8;
    public const byte LastApplication = 0xEF;
    public const byte StartOfFrame = 0xF7;
    public const byte PresetParameters = 0xF8;
    public const byte Comment = 0xFE;

    /// <summary>The number of restart markers, which are used in turn.</summary>
    public const int RestartCount = 8;

    /// <summary>Checks for the frame headers of other JPEG processes (ITU-T T.81, table B.1).</summary>
    public static bool IsOtherStartOfFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
