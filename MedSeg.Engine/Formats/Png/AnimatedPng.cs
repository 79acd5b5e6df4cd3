using System.Buffers.Binary;

namespace MedSeg.Formats.Png;

/// <summary>Writes pictures of one size as an animated PNG (W3C PNG, third edition, section 11.3.5), which viewers without animation show as the first picture.</summary>
internal static class AnimatedPng
{
    private const int FrameControlLength = 26;
    private const int SequenceLength = 4;

    /// <summary>Writes the file. It repeats without end.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="frames">The PNG file of each picture, at least one; all of the same size and colour type, without a palette.</param>
    /// <param name="milliseconds">How long each picture is shown, up to 65535.</param>
    /// <exception cref="ArgumentException">There are no pictures, or they differ in size or colour type.</exception>
    public static void Write(Stream stream, IReadOnlyList<byte[]> frames, int milliseconds)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PngChunks[] pictures = [.. frames.Select(frame => PngChunks.Parse(frame, "frame"))];
        if (pictures.Length == 0 || pictures.Any(picture => picture.Header != pictures[0].Header))
        {
            throw new ArgumentException("The pictures must be at least one, and of the same size and colour type.", nameof(frames));
        }

        PngHeader header = pictures[0].Header;
        stream.Write(PngChunks.Signature);
        PngEncoder.WriteChunk(stream, "IHDR"u8, header.ToBytes());
        byte[] control = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(control, pictures.Length);
        PngEncoder.WriteChunk(stream, "acTL"u8, control);
        int sequence = 0;
        for (int i = 0; i < pictures.Length; i++)
        {
            PngEncoder.WriteChunk(stream, "fcTL"u8, FrameControl(header, sequence++, milliseconds));
            if (i == 0)
            {
                PngEncoder.WriteChunk(stream, "IDAT"u8, pictures[i].Data);
                continue;
            }

            byte[] data = new byte[SequenceLength + pictures[i].Data.Length];
            BinaryPrimitives.WriteInt32BigEndian(data, sequence++);
            pictures[i].Data.CopyTo(data, SequenceLength);
            PngEncoder.WriteChunk(stream, "fdAT"u8, data);
        }

        PngEncoder.WriteChunk(stream, "IEND"u8, []);
    }

    // Without an offset; the picture replaces the one before it.
    private static byte[] FrameControl(PngHeader header, int sequence, int milliseconds)
    {
        byte[] control = new byte[FrameControlLength];
        BinaryPrimitives.WriteInt32BigEndian(control, sequence);
        BinaryPrimitives.WriteInt32BigEndian(control.AsSpan(4), header.Columns);
        BinaryPrimitives.WriteInt32BigEndian(control.AsSpan(8), header.Rows);
        BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(20), checked((ushort)milliseconds));
        BinaryPrimitives.WriteUInt16BigEndian(control.AsSpan(22), 1000);
        return control;
    }
}
