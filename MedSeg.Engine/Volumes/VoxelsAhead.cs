using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>
/// The voxels of a file, which a thread reads and decompresses while others use what is there already: decompressing a volume takes as long as
/// preparing its slices. All voxels are in memory in the end.
/// </summary>
internal sealed class VoxelsAhead
{
    private const int ChunkLength = 1 << 18;

    private readonly object _change = new();
    private readonly Task _reading;
    private int _present;
    private bool _isOver;

    /// <summary>Initializes a new instance of the <see cref="VoxelsAhead"/> class, and starts to read.</summary>
    /// <param name="length">The number of bytes to read.</param>
    /// <param name="path">The absolute path of the file, for messages.</param>
    /// <param name="open">Opens the bytes: a file at its position, or a stream that decompresses.</param>
    /// <param name="truncated">Makes the error of a file that has fewer bytes; receives their number.</param>
    /// <param name="damaged">Makes the error of compressed data that is damaged.</param>
    /// <param name="stop">Stops reading if nobody needs the voxels any more.</param>
    public VoxelsAhead(int length, string path, Func<Stream> open, Func<long, MedSegException> truncated, Func<Exception, MedSegException> damaged, CancellationToken stop)
    {
        // The system provides memory as it is written, with the actual data and not with the size in the header.
        Bytes = GC.AllocateUninitializedArray<byte>(length);
        _reading = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    // A network share may be away for a while; what is there stays.
                    FileRetry.Current.RunOnNetwork(() => Read(open, stop));
                    if (_present < length)
                    {
                        throw truncated(_present);
                    }
                }
                catch (Exception e) when (e is InvalidDataException || e.GetType().Assembly == typeof(GZipStream).Assembly)
                {
                    // The exception for data that asks for a dictionary is not public.
                    throw damaged(e);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw FileContent.PartUnreadable(path, e.Message, e);
                }
                finally
                {
                    Tell(0, isOver: true);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Gets the bytes, of which those that were required are there.</summary>
    public byte[] Bytes { get; }

    /// <summary>Gets a value indicating whether the bytes could not be read.</summary>
    public bool IsFaulted => _reading.IsFaulted;

    /// <summary>Waits for bytes.</summary>
    /// <param name="end">The offset after the last byte that is needed.</param>
    /// <exception cref="MedSegException">The file ends before, is damaged, or cannot be read.</exception>
    public void Require(long end)
    {
        if (end <= Volatile.Read(ref _present))
        {
            return;
        }

        lock (_change)
        {
            while (_present < end && !_isOver)
            {
                Monitor.Wait(_change);
            }
        }

        if (Volatile.Read(ref _present) < end)
        {
            Complete();
        }
    }

    /// <summary>Waits for all bytes, and makes sure that the checksum at their end is right.</summary>
    /// <exception cref="MedSegException">As <see cref="Require"/>.</exception>
    public void Complete() => _reading.GetAwaiter().GetResult();

    private void Read(Func<Stream> open, CancellationToken stop)
    {
        using Stream stream = open();
        byte[] known = new byte[Math.Min(ChunkLength, _present)];
        for (int left = _present; left > 0;)
        {
            int read = stream.Read(known, 0, Math.Min(known.Length, left));
            left = read > 0 ? left - read : throw new EndOfStreamException("It was shortened while being read.");
        }

        while (_present < Bytes.Length)
        {
            stop.ThrowIfCancellationRequested();
            int read = stream.Read(Bytes, _present, Math.Min(ChunkLength, Bytes.Length - _present));
            if (read == 0)
            {
                return;
            }

            Tell(read, isOver: false);
        }

        if (stream is not FileStream)
        {
            // Reading past the end verifies the checksum at the end of compressed data.
            _ = stream.ReadByte();
        }
    }

    private void Tell(int read, bool isOver)
    {
        lock (_change)
        {
            Volatile.Write(ref _present, _present + read);
            _isOver |= isOver;
            Monitor.PulseAll(_change);
        }
    }
}
