using System.Buffers.Binary;

namespace MedSeg.Dicom;

/// <summary>
/// Decodes lossless JPEG of one component with Huffman coding (ITU-T T.81, annex H): all seven predictors, 2 to 16 bits,
/// point transform and restart intervals. JpegLibrary predicts the first line wrongly with predictors 2, 3, 6 and 7.
/// </summary>
internal sealed class JpegLosslessDecoder
{
    // Each entry holds the length of the code that the 16 bits begin with, times 256, plus its value; 0 for no code.
    private readonly ushort[]?[] _tables = new ushort[4][];
    private readonly PixelDescription _pixels;
    private int _precision;
    private int _restartInterval;

    private JpegLosslessDecoder(PixelDescription pixels)
    {
        _pixels = pixels;
    }

    /// <summary>Decodes one frame whose size was checked.</summary>
    /// <param name="stream">The JPEG stream.</param>
    /// <param name="pixels">How the pixels are laid out: 8 or 16 bits allocated.</param>
    /// <returns>The pixels, little endian.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> stream, PixelDescription pixels) =>
        new JpegLosslessDecoder(pixels).DecodeStream(stream);

    private byte[] DecodeStream(ReadOnlySpan<byte> stream)
    {
        // Behind the marker of the start of the image.
        int position = 2;
        while (true)
        {
            byte marker = NextMarker(stream, ref position);
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
                    _precision = segment[0];
                    break;
                case 0xC4:
                    ReadTables(segment);
                    break;
                case 0xDD:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xDA:
                    return DecodeScan(segment, new JpegBitReader(stream, position));
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

    private byte[] DecodeScan(ReadOnlySpan<byte> header, JpegBitReader bits)
    {
        // One component, its table in the upper half of the third byte; then predictor, unused byte, point transform.
        ushort[]? table = _tables[(header[2] >> 4) & 3];
        int predictor = header[3];
        int pointTransform = header[5] & 0x0F;
        int columns = _pixels.Columns;
        if (header[0] != 1 || table is null || predictor is < 1 or > 7 || _precision is < 2 or > 16 || pointTransform >= _precision
            || _restartInterval % columns != 0)
        {
            throw new InvalidDataException("The scan's header contradicts the standard.");
        }

        byte[] decoded = new byte[_pixels.ByteLength];
        ushort[] above = new ushort[columns];
        ushort[] line = new ushort[columns];
        int linesToRestart = _restartInterval / columns;
        bool isFirstLine = true;
        for (int row = 0; row < _pixels.Rows; row++)
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
            DecodeLine(line, above, isFirstLine, isFirstLine ? start : above[0], predictor, table, ref bits);
            if (bits.IsExhausted)
            {
                throw new InvalidDataException("The scan ends before the last pixel.");
            }

            Put(line, pointTransform, decoded, row);
            (above, line) = (line, above);
            isFirstLine = false;
        }

        return decoded;
    }

    private static void DecodeLine(
        ushort[] line, ushort[] above, bool isFirstLine, int firstPrediction, int predictor, ushort[] table, ref JpegBitReader bits)
    {
        line[0] = (ushort)(firstPrediction + ReadDifference(table, ref bits));
        for (int x = 1; x < line.Length; x++)
        {
            // The first line has nothing above it and is predicted from the left (H.1.2.1).
            int prediction = isFirstLine ? line[x - 1] : Predict(predictor, line[x - 1], above[x], above[x - 1]);
            line[x] = (ushort)(prediction + ReadDifference(table, ref bits));
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

    private void Put(ushort[] line, int pointTransform, byte[] decoded, int row)
    {
        int target = row * line.Length * _pixels.BytesPerPixel;
        foreach (ushort value in line)
        {
            int pixel = value << pointTransform;
            decoded[target++] = (byte)pixel;
            if (_pixels.BytesPerPixel == 2)
            {
                decoded[target++] = (byte)(pixel >> 8);
            }
        }
    }
}
