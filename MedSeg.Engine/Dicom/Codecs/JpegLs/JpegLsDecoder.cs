namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>
/// Decodes JPEG-LS (ITU-T T.87 | ISO/IEC 14495-1), lossless and near-lossless: 2 to 16 bits, 1 to 4 components in any
/// interleave mode, preset coding parameters and restart intervals. Mapping tables, point transforms, subsampling and colour
/// transforms, which no DICOM transfer syntax needs, are refused.
/// </summary>
internal static class JpegLsDecoder
{
    /// <summary>Decodes one frame.</summary>
    /// <param name="codestream">The codestream; what follows its last scan is ignored.</param>
    /// <param name="expected">The form of the frame that the data set states.</param>
    /// <returns>The samples: 0 to 2^precision - 1.</returns>
    /// <exception cref="CodestreamException">
    /// The codestream is damaged, truncated, of another form than expected or uses what is not supported.
    /// </exception>
    public static DecodedFrame Decode(ReadOnlySpan<byte> codestream, FrameShape expected) =>
        new JpegLsFrameDecoder(codestream, expected).Decode();
}
