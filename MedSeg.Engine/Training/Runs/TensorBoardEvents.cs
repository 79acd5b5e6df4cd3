using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>
/// Writes scalars for TensorBoard: a file of records (length and data, each with a masked CRC-32C). Each record is an Event message
/// of protocol buffers (TensorFlow's event.proto and summary.proto).
/// </summary>
internal sealed class TensorBoardEvents : IDisposable
{
    private const uint MaskDelta = 0xa282ead8;
    private readonly FileStream _file;

    /// <summary>Initializes a new instance of the <see cref="TensorBoardEvents"/> class with a new file in a folder.</summary>
    /// <param name="folder">The folder; it is created. TensorBoard reads all files of a folder as one run.</param>
    public TensorBoardEvents(string folder)
    {
        Directory.CreateDirectory(folder);
        DateTime now = DateTime.UtcNow;
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"events.out.tfevents.{(long)Seconds(now)}.medseg.{Environment.ProcessId}.{now.Ticks % TimeSpan.TicksPerSecond}");
        _file = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var version = new MemoryStream();
        WriteTime(version, now);
        WriteBytes(version, 3, "brain.Event:2"u8);
        WriteRecord(version.ToArray());
    }

    /// <summary>Writes the scalars of one step and flushes them to disk.</summary>
    /// <param name="step">The step; here the epoch.</param>
    /// <param name="scalars">Values by tag; NaN and infinite ones are left out.</param>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> scalars)
    {
        var summary = new MemoryStream();
        Span<byte> number = stackalloc byte[sizeof(float)];
        foreach ((string tag, double value) in scalars)
        {
            if (double.IsFinite(value))
            {
                var entry = new MemoryStream();
                WriteBytes(entry, 1, Encoding.UTF8.GetBytes(tag));
                WriteKey(entry, 2, wireType: 5);
                BinaryPrimitives.WriteSingleLittleEndian(number, (float)value);
                entry.Write(number);
                WriteBytes(summary, 1, entry.ToArray());
            }
        }

        var message = new MemoryStream();
        WriteTime(message, DateTime.UtcNow);
        WriteKey(message, 2, wireType: 0);
        WriteVarint(message, (ulong)step);
        WriteBytes(message, 5, summary.ToArray());
        WriteRecord(message.ToArray());
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Computes the CRC-32C of data, masked as in record files.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        uint crc = Crc32C.Compute(data);
        return ((crc >> 15) | (crc << 17)) + MaskDelta;
    }

    private static double Seconds(DateTime time) => (time - DateTime.UnixEpoch).TotalSeconds;

    private static void WriteTime(MemoryStream message, DateTime time)
    {
        WriteKey(message, 1, wireType: 1);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(number, Seconds(time));
        message.Write(number);
    }

    private static void WriteBytes(MemoryStream message, int field, ReadOnlySpan<byte> bytes)
    {
        WriteKey(message, field, wireType: 2);
        WriteVarint(message, (ulong)bytes.Length);
        message.Write(bytes);
    }

    private static void WriteKey(MemoryStream message, int field, int wireType) => WriteVarint(message, (ulong)((field << 3) | wireType));

    private static void WriteVarint(MemoryStream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            message.WriteByte((byte)(value | 0x80));
        }

        message.WriteByte((byte)value);
    }

    private void WriteRecord(byte[] data)
    {
        Span<byte> length = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(length[8..], MaskedCrc(length[..8]));
        Span<byte> crc = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc(data));
        _file.Write(length);
        _file.Write(data);
        _file.Write(crc);
    }
}
