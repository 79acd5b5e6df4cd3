using System.Buffers.Binary;

namespace MedSeg.Distributed;

/// <summary>What a rank brings to a meeting of the ranks.</summary>
/// <param name="Status">Whether it goes on.</param>
/// <param name="Content">What it tells the others; why it failed, as UTF-8, where it did.</param>
internal readonly record struct RankMessage(RankStatus Status, byte[] Content)
{
    /// <summary>The number of bytes of a message's header: status and length of the content.</summary>
    public const int HeaderLength = 8;

    /// <summary>Writes the header of a message.</summary>
    /// <param name="header">Filled in.</param>
    /// <param name="status">The status.</param>
    /// <param name="length">The number of bytes that follow.</param>
    public static void WriteHeader(Span<byte> header, RankStatus status, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, (int)status);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], length);
    }

    /// <summary>Reads the header of a message.</summary>
    /// <param name="header">The header.</param>
    public static (RankStatus Status, int Length) ReadHeader(ReadOnlySpan<byte> header) =>
        ((RankStatus)BinaryPrimitives.ReadInt32LittleEndian(header), BinaryPrimitives.ReadInt32LittleEndian(header[4..]));

    /// <summary>Puts messages one after another.</summary>
    /// <param name="messages">The messages.</param>
    public static byte[] Join(RankMessage[] messages)
    {
        byte[] joined = new byte[messages.Sum(message => HeaderLength + message.Content.Length)];
        int at = 0;
        foreach (RankMessage message in messages)
        {
            WriteHeader(joined.AsSpan(at), message.Status, message.Content.Length);
            message.Content.CopyTo(joined, at + HeaderLength);
            at += HeaderLength + message.Content.Length;
        }

        return joined;
    }

    /// <summary>Takes messages apart that were put one after another.</summary>
    /// <param name="joined">The messages.</param>
    /// <param name="count">Their number.</param>
    public static RankMessage[] Split(ReadOnlySpan<byte> joined, int count)
    {
        var messages = new RankMessage[count];
        for (int i = 0; i < count; i++)
        {
            (RankStatus status, int length) = ReadHeader(joined);
            messages[i] = new RankMessage(status, joined.Slice(HeaderLength, length).ToArray());
            joined = joined[(HeaderLength + length)..];
        }

        return messages;
    }
}
