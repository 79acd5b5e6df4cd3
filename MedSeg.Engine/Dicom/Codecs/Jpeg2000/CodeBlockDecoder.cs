namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>Decodes code-blocks to quantized coefficients (T.800, annex D).</summary>
internal sealed unsafe class CodeBlockDecoder
{
    private const int MaximumArea = 4096;

    // The code-blocks with the most words of flags and the longest rows are 1024 × 4 and 4 × 1024.
    private readonly ulong[] _flags = new ulong[ColumnFlags.Count(1024, 4)];
    private readonly int[] _coefficients = new int[CodeBlockCoefficients.RowLength(4) * 1024];
    private readonly ulong[] _contexts = new ulong[CodingContexts.Count];
    private byte[] _data = new byte[MaximumArea];

    /// <summary>Decodes a code-block.</summary>
    /// <param name="bytes">The frame.</param>
    /// <param name="block">The code-block, which has passes.</param>
    /// <param name="orientation">The subband.</param>
    /// <param name="style">The style.</param>
    /// <returns>The coefficients as <see cref="CodeBlockCoefficients"/> describes. Valid until the next call.</returns>
    /// <exception cref="CodestreamException">A segmentation symbol is wrong.</exception>
    public Span<int> Decode(byte[] bytes, CodeBlock block, Orientation orientation, CodeBlockStyle style)
    {
        GatherData(bytes, block);
        _flags.AsSpan(0, ColumnFlags.Count(block.Area.Width, block.Area.Height)).Clear();
        Span<int> coefficients = _coefficients.AsSpan(0, CodeBlockCoefficients.RowLength(block.Area.Width) * block.Area.Height);
        coefficients.Clear();
        CodingContexts.Reset(_contexts);
        fixed (ulong* flags = _flags)
        fixed (int* values = _coefficients)
        fixed (ulong* contexts = _contexts)
        fixed (byte* data = _data)
        {
            Decode(new CodingPasses(flags, values, contexts, block, orientation, style), data, block, style);
        }

        return coefficients;
    }

    /// <summary>Copies the codeword segments, each followed by FF FF, which marks its end for the decoder.</summary>
    private void GatherData(byte[] bytes, CodeBlock block)
    {
        int length = MqDecoder.Padding;
        foreach ((int _, int segmentLength) in block.Segments)
        {
            length += segmentLength + 2;
        }

        if (_data.Length < length)
        {
            _data = new byte[length];
        }

        int target = 0;
        int chunk = 0;
        int taken = 0;
        foreach ((int _, int segmentLength) in block.Segments)
        {
            for (int end = target + segmentLength; target < end;)
            {
                (int position, int chunkLength) = block.Chunks[chunk];
                int count = Math.Min(end - target, chunkLength - taken);
                bytes.AsSpan(position + taken, count).CopyTo(_data.AsSpan(target));
                target += count;
                taken += count;
                if (taken == chunkLength)
                {
                    chunk++;
                    taken = 0;
                }
            }

            _data.AsSpan(target, 2).Fill(0xFF);
            target += 2;
        }

        _data.AsSpan(target, MqDecoder.Padding).Fill(0xFF);
    }

    private void Decode(in CodingPasses passes, byte* data, CodeBlock block, CodeBlockStyle style)
    {
        // The first pass is a cleanup pass, as if the other two had preceded it.
        int pass = 0;
        foreach ((int count, int length) in block.Segments)
        {
            int end = pass + count;
            if (CodeBlock.IsRaw(pass, style))
            {
                var bits = new RawBits(data);
                for (; pass < end; pass++)
                {
                    Decode(passes, ref bits, pass, Plane(block, pass), style);
                }
            }
            else
            {
                var decoder = new MqDecoder(data);
                for (; pass < end; pass++)
                {
                    if (pass % 3 == 0)
                    {
                        CleanUp(passes, ref decoder, Plane(block, pass), block, style);
                    }
                    else
                    {
                        Decode(passes, ref decoder, pass, Plane(block, pass), style);
                    }
                }
            }

            data += length + 2;
        }
    }

    private static int Plane(CodeBlock block, int pass) => block.Planes - 1 - ((pass + 2) / 3);

    private void Decode<TSource>(in CodingPasses passes, ref TSource source, int pass, int plane, CodeBlockStyle style)
        where TSource : struct, IDecisionSource
    {
        if (pass % 3 == 1)
        {
            passes.PropagateSignificance(ref source, plane);
        }
        else
        {
            passes.RefineMagnitudes(ref source, plane);
        }

        ResetContexts(style);
    }

    private void CleanUp(in CodingPasses passes, ref MqDecoder decoder, int plane, CodeBlock block, CodeBlockStyle style)
    {
        passes.CleanUp(ref decoder, plane);
        if ((style & CodeBlockStyle.SegmentationSymbols) != 0 && !passes.TakeSegmentationSymbol(ref decoder))
        {
            throw new CodestreamException(
                "a pass of a code-block does not end with the segmentation symbol stated in the header: the stream is damaged", block.Chunks[0].Position);
        }

        ResetContexts(style);
    }

    private void ResetContexts(CodeBlockStyle style)
    {
        if ((style & CodeBlockStyle.ResetContexts) != 0)
        {
            CodingContexts.Reset(_contexts);
        }
    }
}
