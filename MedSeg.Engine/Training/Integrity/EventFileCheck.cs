using System.Buffers.Binary;
using MedSeg.Files;
using MedSeg.Training.Runs;

namespace MedSeg.Training.Integrity;

/// <summary>Checks an event file of TensorBoard by the checksums of its records; <see cref="TensorBoardEvents"/> describes the format.</summary>
internal static class EventFileCheck
{
    private const int HeaderLength = 12;
    private const int ChecksumLength = 4;

    /// <summary>Checks a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="isRunning">Whether a run may be writing to it.</param>
    /// <returns>The state, what was found, and what to do.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (RunFileState State, string Finding, string? Advice) Check(string path, bool isRunning)
    {
        byte[] content = FileContent.ReadShared(path);
        int records = 0;
        int at = 0;
        while (at < content.Length)
        {
            ReadOnlySpan<byte> rest = content.AsSpan(at);
            ulong length = rest.Length >= HeaderLength ? BinaryPrimitives.ReadUInt64LittleEndian(rest) : 0;
            if (rest.Length >= HeaderLength && Checksum(rest[8..]) != TensorBoardEvents.MaskedCrc(rest[..8]))
            {
                return Damaged(records);
            }

            if (rest.Length < HeaderLength || length > (ulong)Math.Max(0, rest.Length - HeaderLength - ChecksumLength))
            {
                return isRunning
                    ? Whole(records)
                    : (RunFileState.Incomplete, FormattableString.Invariant($"The record after the first {records} was cut short when its process ended."), "Nothing to do: TensorBoard shows the records before it.");
            }

            ReadOnlySpan<byte> data = rest.Slice(HeaderLength, (int)length);
            if (Checksum(rest[(HeaderLength + data.Length)..]) != TensorBoardEvents.MaskedCrc(data))
            {
                return Damaged(records);
            }

            records++;
            at += HeaderLength + data.Length + ChecksumLength;
        }

        return Whole(records);
    }

    private static (RunFileState State, string Finding, string? Advice) Whole(int records) =>
        (RunFileState.Ok, FormattableString.Invariant($"The checksums of {records} records are right."), null);

    private static (RunFileState State, string Finding, string? Advice) Damaged(int records) =>
        (RunFileState.Damaged, FormattableString.Invariant($"The checksum of the record after the first {records} is wrong."), "Delete the file: the log has the same numbers, and Export-MedSegHistory plots them.");

    private static uint Checksum(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
