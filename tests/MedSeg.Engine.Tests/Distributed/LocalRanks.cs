using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using MedSeg.Distributed;

namespace MedSeg.Tests.Distributed;

/// <summary>Ranks that are threads of one process.</summary>
/// <param name="size">The number of ranks.</param>
internal sealed class LocalRanks(int size)
{
    private readonly BlockingCollection<byte[]>[] _queues = [.. Enumerable.Range(0, size * size).Select(_ => new BlockingCollection<byte[]>())];
    private long _numberBytes;

    /// <summary>Gets why the job was aborted; null where it was not.</summary>
    public string? Aborted { get; private set; }

    /// <summary>Gets how many bytes of numbers the ranks sent to others in exchanges.</summary>
    public long NumberBytes => Interlocked.Read(ref _numberBytes);

    /// <summary>Gets or sets how many calls of rank 1 are answered before it hangs.</summary>
    public int CallsBeforeHang { get; set; } = int.MaxValue;

    /// <summary>Gets or sets what changes the bytes that rank 1 sends to others.</summary>
    public Func<byte[], byte[]> Tamper { get; set; } = data => data;

    /// <summary>Runs every rank on a thread of its own, and waits for all.</summary>
    /// <typeparam name="T">The result of a rank.</typeparam>
    /// <param name="rank">What a rank does.</param>
    /// <returns>The results, and the errors, by rank.</returns>
    public (T? Result, Exception? Error)[] Run<T>(Func<IRankTransport, T> rank)
    {
        var results = new (T? Result, Exception? Error)[size];
        using var aborted = new CancellationTokenSource();
        Thread[] threads = [.. Enumerable.Range(0, size).Select(i => new Thread(() =>
        {
            try
            {
                results[i].Result = rank(new Transport(this, i, aborted));
            }
            catch (Exception e)
            {
                results[i].Error = e;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(4)), "A rank hangs."));
        return results;
    }

    private sealed class Transport(LocalRanks ranks, int rank, CancellationTokenSource aborted) : IRankTransport
    {
        private int _calls;

        public int Rank => rank;

        public int Size => ranks._queues.Length == 1 ? 1 : (int)Math.Sqrt(ranks._queues.Length);

        public string Host => $"node{rank}";

        public string Description => "threads";

        public bool IsExpected { get; set; }

        public void Send(ReadOnlySpan<byte> data, int rank) => Queue(Rank, rank).Add(Rank == 1 && rank != 1 ? ranks.Tamper(data.ToArray()) : data.ToArray());

        public void Receive(Span<byte> data, int rank)
        {
            if (Rank == 1 && ++_calls > ranks.CallsBeforeHang)
            {
                aborted.Token.WaitHandle.WaitOne();
            }

            byte[] received = Queue(rank, Rank).Take(aborted.Token);
            Assert.Equal(data.Length, received.Length);
            received.CopyTo(data);
        }

        public void Broadcast(Span<float> values)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(values);
            for (int other = 1; other < Size && Rank == 0; other++)
            {
                Send(bytes, other);
            }

            if (Rank > 0)
            {
                Receive(bytes, 0);
            }
        }

        public void Exchange<T>(ReadOnlySpan<T> sent, int[] sentCounts, Span<T> received, int[] receivedCounts)
            where T : unmanaged
        {
            Assert.Equal((sent.Length, received.Length), (sentCounts.Sum(), receivedCounts.Sum()));
            for (int other = 0, at = 0; other < Size; at += sentCounts[other], other++)
            {
                SendNumbers(MemoryMarshal.AsBytes(sent.Slice(at, sentCounts[other])), other);
            }

            for (int other = 0, at = 0; other < Size; at += receivedCounts[other], other++)
            {
                Receive(MemoryMarshal.AsBytes(received.Slice(at, receivedCounts[other])), other);
            }
        }

        public void Gather<T>(Span<T> values, int[] counts)
            where T : unmanaged
        {
            int own = counts[..Rank].Sum();
            for (int other = 0; other < Size; other++)
            {
                SendNumbers(MemoryMarshal.AsBytes(values.Slice(own, counts[Rank])), other);
            }

            for (int other = 0, at = 0; other < Size; at += counts[other], other++)
            {
                Receive(MemoryMarshal.AsBytes(values.Slice(at, counts[other])), other);
            }
        }

        public void Abort(string message)
        {
            ranks.Aborted ??= message;
            aborted.Cancel();
        }

        private void SendNumbers(ReadOnlySpan<byte> data, int rank)
        {
            _ = Interlocked.Add(ref ranks._numberBytes, rank == Rank ? 0 : data.Length);
            Send(data, rank);
        }

        private BlockingCollection<byte[]> Queue(int from, int to) => ranks._queues[(from * Size) + to];
    }
}
