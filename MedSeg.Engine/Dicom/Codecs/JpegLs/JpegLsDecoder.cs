namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>
/// Decodes JPEG-LS (ITU-T T.87 | ISO/IEC 14495-1), lossless and near-lossless: 2 to 16 bits, 1 to 4 components in any
/// interleave mode, preset coding parameters and restart intervals. Mapping tables, point transforms, subsampling and colour
/// transforms, which no DICOM transfer syntax needs, are refused.
/// </summary>
internal static class JpegLsDecoder
{
    /// <summary>Decodes one frame.</summary>
    /// <param name="codestream">The codestream; anything after its last scan is ignored.</param>
    /// <param name="expected">The shape of the frame according to the data set.</param>
    /// <returns>The samples: 0 to 2^precision - 1.</returns>
    /// <exception cref="CodestreamException">
    /// The codestream is damaged, truncated, not of the expected shape, or uses an unsupported feature.
    /// </exception>
    public static DecodedFrame Decode(ReadOnlySpan<byte> codestream, FrameShape expected) =>
        new JpegLsFrameDecoder(codestream, expected).Decode();
}
