namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// Decodes JPEG 2000 part 1 (ITU-T T.800 | ISO/IEC 15444-1): bare codestreams and JP2 files, reversible and irreversible,
/// up to 24 bits, without subsampling of components.
/// </summary>
internal static class Jpeg2000Decoder
{
    /// <summary>Decodes one frame.</summary>
    /// <param name="codestream">The frame, with its fragments joined.</param>
    /// <param name="expected">The shape according to the data set.</param>
    /// <returns>The samples, signed or unsigned as the codestream states.</returns>
    /// <exception cref="CodestreamException">The frame is truncated, damaged, not supported or not of the expected shape.</exception>
    public static DecodedFrame Decode(ReadOnlySpan<byte> codestream, FrameShape expected)
    {
        byte[] bytes = codestream.ToArray();
        (int start, int end) = Jp2File.FindCodestream(bytes);
        Codestream parsed = Codestream.Parse(bytes, start, end, expected);
        ImageGrid grid = parsed.Grid;
        int[] samples = new int[expected.Rows * expected.Columns * expected.Components];
        var tiles = new TileDecoder(bytes, grid, new SampleWriter(grid, samples), new WorkBudget(bytes.Length));
        foreach (TileStream tile in parsed.Tiles)
        {
            tiles.Decode(tile);
        }

        return new DecodedFrame(expected.Rows, expected.Columns, expected.Components, grid.Precision, grid.IsSigned, samples);
    }
}
