using System.Buffers.Binary;

namespace MedSeg.Dicom.Codecs.Jpeg;

/// <summary>
/// Decodes lossless JPEG with Huffman coding (ITU-T T.81, annex H): all seven predictors, 2 to 16 bits,
/// point transform, restart intervals, and components that are interleaved or in separate scans. JpegLibrary is not used
/// because it predicts the first line incorrectly with predictors 2, 3, 6 and 7.
/// </summary>
internal sealed class JpegLosslessDecoder
{
    private readonly JpegDifferenceTable?[] _tables = new JpegDifferenceTable?[4];
    private readonly FrameShape _shape;
    private byte[] _components = [];
    private int _decoded;
    private int _precision;
    private int _restartInterval;

    private JpegLosslessDecoder(FrameShape shape)
    {
        _shape = shape;
    }

    /// <summary>Decodes one frame, whose size the caller has checked.</summary>
    /// <param name="stream">The JPEG stream.</param>
    /// <param name="shape">The shape of the frame.</param>
    /// <param name="samples">Receives the samples, interleaved by pixel.</param>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public static void Decode(ReadOnlySpan<byte> stream, FrameShape shape, Span<ushort> samples) =>
        new JpegLosslessDecoder(shape).DecodeStream(stream, samples);

    private void DecodeStream(ReadOnlySpan<byte> stream, Span<ushort> samples)
    {
        // After the start-of-image marker.
        int position = 2;
        while (_decoded < _shape.Components)
        {
            byte marker = NextMarker(stream, ref position);
            if (marker is >= 0xD0 and <= 0xD7)
            {
                continue;
            }

            int length = position + 2 <= stream.Length ? BinaryPrimitives.ReadUInt16BigEndian(stream[position..]) : 0;
            if (length < 2 || position + length > stream.Length)
            {
                throw new InvalidDataException("A segment extends beyond the stream.");
            }

            ReadOnlySpan<byte> segment = stream.Slice(position + 2, length - 2);
            position += length;
            switch (marker)
            {
                case 0xC3:
                    ReadFrameHeader(segment);
                    break;
                case 0xC4:
                    ReadTables(segment);
                    break;
                case 0xDD:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xDA:
                    DecodeScan(segment, new JpegBitReader(stream, position), samples);
                    break;
            }
        }
    }

    private void ReadFrameHeader(ReadOnlySpan<byte> segment)
    {
        const int FixedLength = 6;
        const int ComponentLength = 3;
        _precision = segment[0];
        _components = new byte[segment[5]];
        for (int i = 0; i < _components.Length; i++)
        {
            ReadOnlySpan<byte> component = segment.Slice(FixedLength + (i * ComponentLength), ComponentLength);
            _components[i] = component[0];
            if (component[1] != 0x11)
            {
                throw new InvalidDataException("A component is subsampled.");
            }
        }
    }

    private static byte NextMarker(ReadOnlySpan<byte> stream, ref int position)
    {
        while (position + 1 < stream.Length)
        {
            byte first = stream[position++];
            if (first == 0xFF && stream[position] is not (0 or 0xFF))
            {
                return stream[position++];
            }
        }

        throw new InvalidDataException("The stream ends before its scan.");
    }

    /// <summary>Reads Huffman tables (B.2.4.2).</summary>
    private void ReadTables(ReadOnlySpan<byte> segment)
    {
        const int LengthCount = 16;
        while (segment.Length > LengthCount)
        {
            int destination = segment[0] & 0x0F;
            ReadOnlySpan<byte> counts = segment.Slice(1, LengthCount);
            segment = segment[(1 + LengthCount)..];
            if (destination >= _tables.Length)
            {
                throw new InvalidDataException("The number of a Huffman table is above 3.");
            }

            int codes = 0;
            foreach (byte count in counts)
            {
                codes += count;
            }

            _tables[destination] = new JpegDifferenceTable(counts, segment[..codes]);
            segment = segment[codes..];
        }
    }

    private void DecodeScan(ReadOnlySpan<byte> header, JpegBitReader reader, Span<ushort> samples)
    {
        // The components with their tables; then predictor, unused byte, point transform.
        int count = header[0];
        int predictor = header[1 + (2 * count)];
        int pointTransform = header[3 + (2 * count)] & 0x0F;
        if (count is < 1 or > 4 || predictor is < 1 or > 7 || _precision is < 2 or > 16 || pointTransform >= _precision
            || _restartInterval % _shape.Columns != 0)
        {
            throw new InvalidDataException("The scan header violates the standard.");
        }

        var components = new ScanComponent[count];
        for (int i = 0; i < count; i++)
        {
            int index = Array.IndexOf(_components, header[1 + (2 * i)]);
            JpegDifferenceTable? table = _tables[(header[2 + (2 * i)] >> 4) & 3];
            components[i] = index >= 0 && table is not null
                ? new ScanComponent(index, table, new ushort[_shape.Columns], new ushort[_shape.Columns])
                : throw new InvalidDataException("A scan refers to a missing component or table.");
        }

        DecodeLines(components, predictor, pointTransform, reader, samples);
        _decoded += count;
    }

    private void DecodeLines(ScanComponent[] components, int predictor, int pointTransform, JpegBitReader reader, Span<ushort> samples)
    {
        int linesToRestart = _restartInterval / _shape.Columns;
        bool isFirstLine = true;
        (ulong bits, int count) = (0, 0);
        for (int row = 0; row < _shape.Rows; row++)
        {
            if (linesToRestart > 0 && row > 0 && row % linesToRestart == 0)
            {
                isFirstLine = true;
                if (!reader.TryTakeRestartMarker(count))
                {
                    throw new InvalidDataException("A restart marker is missing.");
                }

                (bits, count) = (0, 0);
            }

            int start = 1 << (_precision - pointTransform - 1);
            if (components.Length == 1)
            {
                ScanComponent only = components[0];
                int first = isFirstLine ? start : only.Above[0];
                DecodeLine(only, isFirstLine ? 1 : predictor, first, ref reader, ref bits, ref count);
            }
            else
            {
                DecodeInterleaved(components, isFirstLine, start, predictor, ref reader, ref bits, ref count);
            }

            if (reader.IsExhausted(count))
            {
                throw new InvalidDataException("The scan ends before the last pixel.");
            }

            for (int i = 0; i < components.Length; i++)
            {
                Put(components[i], pointTransform, row, samples);
                components[i] = components[i].Advance();
            }

            isFirstLine = false;
        }
    }

    private static void DecodeInterleaved(
        ScanComponent[] components, bool isFirstLine, int start, int predictor, ref JpegBitReader reader, ref ulong bits, ref int count)
    {
        for (int x = 0; x < components[0].Line.Length; x++)
        {
            foreach ((_, JpegDifferenceTable table, ushort[] line, ushort[] above) in components)
            {
                int prediction = x == 0
                    ? isFirstLine ? start : above[0]
                    : isFirstLine ? line[x - 1] : Predict(predictor, line[x - 1], above[x], above[x - 1]);
                line[x] = (ushort)(prediction + table.Next(ref reader, ref bits, ref count));
            }
        }
    }

    // The first line has no line above and is predicted from the left (H.1.2.1), which is predictor 1.
    private static void DecodeLine(
        ScanComponent component, int predictor, int firstPrediction, ref JpegBitReader reader, ref ulong bits, ref int count)
    {
        (_, JpegDifferenceTable table, ushort[] line, ushort[] above) = component;
        (ulong ownBits, int ownCount) = (bits, count);
        ushort left = (ushort)(firstPrediction + table.Next(ref reader, ref ownBits, ref ownCount));
        line[0] = left;
        if (predictor == 1)
        {
            for (int x = 1; x < line.Length; x++)
            {
                left = (ushort)(left + table.Next(ref reader, ref ownBits, ref ownCount));
                line[x] = left;
            }
        }
        else
        {
            for (int x = 1; x < line.Length; x++)
            {
                left = (ushort)(Predict(predictor, left, above[x], above[x - 1]) + table.Next(ref reader, ref ownBits, ref ownCount));
                line[x] = left;
            }
        }

        (bits, count) = (ownBits, ownCount);
    }

    /// <summary>Predicts a value from its neighbours to the left, above, and above left (table H.1).</summary>
    private static int Predict(int predictor, int left, int above, int aboveLeft) => predictor switch
    {
        1 => left,
        2 => above,
        3 => aboveLeft,
        4 => left + above - aboveLeft,
        5 => left + ((above - aboveLeft) >> 1),
        6 => above + ((left - aboveLeft) >> 1),
        _ => (left + above) >> 1,
    };

    private void Put(ScanComponent component, int pointTransform, int row, Span<ushort> samples)
    {
        int target = (row * _shape.Columns * _shape.Components) + component.Index;
        if (pointTransform == 0 && _shape.Components == 1)
        {
            component.Line.CopyTo(samples[target..]);
            return;
        }

        foreach (ushort value in component.Line)
        {
            samples[target] = (ushort)(value << pointTransform);
            target += _shape.Components;
        }
    }

    /// <summary>A component of a scan, with its Huffman table, the current line and the one above.</summary>
    private readonly record struct ScanComponent(int Index, JpegDifferenceTable Table, ushort[] Line, ushort[] Above)
    {
        public ScanComponent Advance() => this with { Line = Above, Above = Line };
    }
}
