using System.Buffers.Binary;
using System.Globalization;
using MedSeg.Files;
using MedSeg.Files.Protobuf;

namespace MedSeg.Training.Runs;

/// <summary>
/// Writes scalars for TensorBoard: a file of records (length and data, each with a masked CRC-32C). Each record is an Event message of
/// Protocol Buffers (TensorFlow's event.proto and summary.proto).
/// </summary>
internal sealed class TensorBoardEvents : IDisposable
{
    private const uint MaskDelta = 0xa282ead8;
    private readonly FileStream _file;

    /// <summary>Initializes a new instance of the <see cref="TensorBoardEvents"/> class: creates a file.</summary>
    /// <param name="folder">The folder; it is created if missing. TensorBoard reads all files of a folder as one run.</param>
    /// <param name="firstStep">
    /// The first step that will be written. TensorBoard discards this and later steps of older files: a run that resumes from a checkpoint
    /// writes them again.
    /// </param>
    public TensorBoardEvents(string folder, long firstStep)
    {
        FileChanges.CreateFolder(folder);
        DateTime now = DateTime.UtcNow;
        bool isContinued = Directory.EnumerateFiles(folder).Any();
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"events.out.tfevents.{(long)Seconds(now)}.medseg.{Environment.ProcessId}.{now.Ticks % TimeSpan.TicksPerSecond}");
        _file = FileChanges.Open(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var version = new ProtobufWriter();
        version.Double(1, Seconds(now));
        version.Text(3, "brain.Event:2");
        WriteRecord(version.Content);

        if (isContinued)
        {
            // A SessionLog (field 7) of the status START (1).
            var start = new ProtobufWriter();
            start.Double(1, Seconds(now));
            start.Number(2, firstStep);
            start.Message(7, session => session.Number(1, 1));
            WriteRecord(start.Content);
        }
    }

    /// <summary>Writes the scalars of one step and flushes them to disk.</summary>
    /// <param name="step">The step; here the epoch.</param>
    /// <param name="scalars">The values by tag; NaN and infinite values are left out.</param>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> scalars)
    {
        var message = new ProtobufWriter();
        message.Double(1, Seconds(DateTime.UtcNow));
        message.Number(2, step);
        message.Message(5, summary =>
        {
            foreach ((string tag, double value) in scalars.Where(scalar => double.IsFinite(scalar.Value)))
            {
                summary.Message(1, entry =>
                {
                    entry.Text(1, tag);
                    entry.Single(2, (float)value);
                });
            }
        });
        WriteRecord(message.Content);
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

    private void WriteRecord(ReadOnlySpan<byte> data)
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
