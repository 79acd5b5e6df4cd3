using System.Buffers.Binary;

namespace MedSeg.Dicom;

/// <summary>
/// Decodes lossless JPEG with Huffman coding (ITU-T T.81, annex H): all seven predictors, 2 to 16 bits,
/// point transform, restart intervals, and components that are interleaved or in scans of their own. JpegLibrary predicts the first line wrongly with predictors 2, 3, 6 and 7.
/// </summary>
internal sealed class JpegLosslessDecoder
{
    // Each entry holds the length of the code that the 16 bits begin with, times 256, plus its value; 0 for no code.
    private readonly ushort[]?[] _tables = new ushort[4][];
    private readonly FrameShape _shape;
    private readonly int[] _samples;
    private byte[] _components = [];
    private int _decoded;
    private int _precision;
    private int _restartInterval;

    private JpegLosslessDecoder(FrameShape shape)
    {
        _shape = shape;
        _samples = new int[shape.Rows * shape.Columns * shape.Components];
    }

    /// <summary>Decodes one frame whose size was checked.</summary>
    /// <param name="stream">The JPEG stream.</param>
    /// <param name="shape">The form of the frame.</param>
    /// <returns>The samples, interleaved by pixel.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public static int[] Decode(ReadOnlySpan<byte> stream, FrameShape shape) => new JpegLosslessDecoder(shape).DecodeStream(stream);

    private int[] DecodeStream(ReadOnlySpan<byte> stream)
    {
        // Behind the marker of the start of the image.
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
                throw new InvalidDataException("A segment reaches beyond the stream.");
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
                    DecodeScan(segment, new JpegBitReader(stream, position));
                    break;
            }
        }

        return _samples;
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

    /// <summary>Reads Huffman tables (B.2.4.2) and lays their codes out (C.2).</summary>
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
                throw new InvalidDataException("A Huffman table has a number above 3.");
            }

            ushort[] table = new ushort[1 << LengthCount];
            int first = 0;
            for (int length = 1; length <= LengthCount; length++)
            {
                for (int i = 0; i < counts[length - 1]; i++)
                {
                    int span = 1 << (LengthCount - length);
                    table.AsSpan(first, span).Fill((ushort)((length << 8) | segment[i]));
                    first += span;
                }

                segment = segment[counts[length - 1]..];
            }

            _tables[destination] = table;
        }
    }

    private void DecodeScan(ReadOnlySpan<byte> header, JpegBitReader bits)
    {
        // The components with their tables; then predictor, unused byte, point transform.
        int count = header[0];
        int predictor = header[1 + (2 * count)];
        int pointTransform = header[3 + (2 * count)] & 0x0F;
        if (count is < 1 or > 4 || predictor is < 1 or > 7 || _precision is < 2 or > 16 || pointTransform >= _precision
            || _restartInterval % _shape.Columns != 0)
        {
            throw new InvalidDataException("The scan's header contradicts the standard.");
        }

        var components = new ScanComponent[count];
        for (int i = 0; i < count; i++)
        {
            int index = Array.IndexOf(_components, header[1 + (2 * i)]);
            ushort[]? table = _tables[(header[2 + (2 * i)] >> 4) & 3];
            components[i] = index >= 0 && table is not null
                ? new ScanComponent(index, table, new ushort[_shape.Columns], new ushort[_shape.Columns])
                : throw new InvalidDataException("A scan names a component or a table that is not there.");
        }

        DecodeLines(components, predictor, pointTransform, bits);
        _decoded += count;
    }

    private void DecodeLines(ScanComponent[] components, int predictor, int pointTransform, JpegBitReader bits)
    {
        int linesToRestart = _restartInterval / _shape.Columns;
        bool isFirstLine = true;
        for (int row = 0; row < _shape.Rows; row++)
        {
            if (linesToRestart > 0 && row > 0 && row % linesToRestart == 0)
            {
                isFirstLine = true;
                if (!bits.TryTakeRestartMarker())
                {
                    throw new InvalidDataException("A restart marker is missing.");
                }
            }

            int start = 1 << (_precision - pointTransform - 1);
            if (components.Length == 1)
            {
                ScanComponent only = components[0];
                DecodeLine(only.Line, only.Above, isFirstLine, isFirstLine ? start : only.Above[0], predictor, only.Table, ref bits);
            }
            else
            {
                DecodeInterleaved(components, isFirstLine, start, predictor, ref bits);
            }

            if (bits.IsExhausted)
            {
                throw new InvalidDataException("The scan ends before the last pixel.");
            }

            for (int i = 0; i < components.Length; i++)
            {
                Put(components[i], pointTransform, row);
                components[i] = components[i].Advance();
            }

            isFirstLine = false;
        }
    }

    private static void DecodeInterleaved(ScanComponent[] components, bool isFirstLine, int start, int predictor, ref JpegBitReader bits)
    {
        for (int x = 0; x < components[0].Line.Length; x++)
        {
            foreach ((_, ushort[] table, ushort[] line, ushort[] above) in components)
            {
                int prediction = x == 0
                    ? isFirstLine ? start : above[0]
                    : isFirstLine ? line[x - 1] : Predict(predictor, line[x - 1], above[x], above[x - 1]);
                line[x] = (ushort)(prediction + ReadDifference(table, ref bits));
            }
        }
    }

    private static void DecodeLine(
        ushort[] line, ushort[] above, bool isFirstLine, int firstPrediction, int predictor, ushort[] table, ref JpegBitReader bits)
    {
        ushort left = (ushort)(firstPrediction + ReadDifference(table, ref bits));
        line[0] = left;
        if (isFirstLine || predictor == 1)
        {
            // The first line has nothing above it and is predicted from the left (H.1.2.1).
            for (int x = 1; x < line.Length; x++)
            {
                left = (ushort)(left + ReadDifference(table, ref bits));
                line[x] = left;
            }

            return;
        }

        for (int x = 1; x < line.Length; x++)
        {
            left = (ushort)(Predict(predictor, left, above[x], above[x - 1]) + ReadDifference(table, ref bits));
            line[x] = left;
        }
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

    /// <summary>Reads a difference: its number of bits by Huffman code, then the bits (H.1.2.2).</summary>
    private static int ReadDifference(ushort[] table, ref JpegBitReader bits)
    {
        int entry = table[bits.Peek16()];
        int size = entry & 0xFF;
        if (entry == 0 || size > 16)
        {
            throw new InvalidDataException("The scan has a code that is in no Huffman table.");
        }

        bits.Take(entry >> 8);
        if (size == 16)
        {
            return 1 << 15;
        }

        int value = bits.Take(size);
        return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    private void Put(ScanComponent component, int pointTransform, int row)
    {
        int target = (row * _shape.Columns * _shape.Components) + component.Index;
        foreach (ushort value in component.Line)
        {
            _samples[target] = (value << pointTransform) & 0xFFFF;
            target += _shape.Components;
        }
    }

    /// <summary>A component of a scan, with its Huffman table, the line that is being decoded and the one above.</summary>
    private readonly record struct ScanComponent(int Index, ushort[] Table, ushort[] Line, ushort[] Above)
    {
        public ScanComponent Advance() => this with { Line = Above, Above = Line };
    }
}
