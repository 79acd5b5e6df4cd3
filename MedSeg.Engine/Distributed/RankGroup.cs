using System.Diagnostics;
using System.Globalization;
using System.Text;
using MedSeg.Errors;
using MedSeg.Wording;

namespace MedSeg.Distributed;

/// <summary>
/// The ranks of a run. They meet at each step: each says whether it goes on, and learns what the others say. So a rank that was asked to
/// stop, leaves or fails takes the others with it, and nobody waits for a rank that is gone.
/// </summary>
internal sealed class RankGroup : IDisposable
{
    // The other ranks wait for rank 0, which may wait for another one and then says which.
    private const double LongerThanFirst = 1.25;
    private const int MostNames = 8;

    private readonly IRankTransport? _transport;
    private readonly Watchdog _watchdog;
    private readonly string?[] _hosts;
    private bool _isOpen;

    private RankGroup(IRankTransport? transport, TimeSpan timeout)
    {
        _transport = transport;
        _hosts = new string?[Size];
        _watchdog = new Watchdog(IsFirst ? timeout : timeout * LongerThanFirst, OnTimeout);
        _isOpen = transport is not null;
        if (transport is not null)
        {
            transport.IsExpected = true;
        }
    }

    /// <summary>Gets the number of this rank, from 0.</summary>
    public int Rank => _transport?.Rank ?? 0;

    /// <summary>Gets the number of ranks.</summary>
    public int Size => _transport?.Size ?? 1;

    /// <summary>Gets a value indicating whether this is rank 0, which alone writes, logs and validates.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Gets a value indicating whether all ranks stop after the step, or one has left.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Gets which other rank was the reason for stopping; null where there is none.</summary>
    public string? StoppedBy { get; private set; }

    /// <summary>Gets the text that says which ranks train together; null where one process trains alone.</summary>
    public string? Description => _transport is null ? null
        : $"{(Size == 1 ? "1 rank" : $"{Size} ranks")} on {string.Join(", ", _hosts.OfType<string>().Distinct())}, by {_transport.Description}.";

    /// <summary>Gets how long this rank has waited for others at meetings.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Gets how long this rank has exchanged and added numbers.</summary>
    public TimeSpan Exchanged { get; private set; }

    /// <summary>Gets how many bytes of numbers this rank has sent in exchanges.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Gets or sets what is told of a rank that does not answer, before the job ends.</summary>
    public Action<string>? Hung { get; set; }

    /// <summary>Makes the group of a process that trains alone.</summary>
    public static RankGroup Alone() => new(null, TimeSpan.Zero);

    /// <summary>Meets the other ranks for the first time.</summary>
    /// <param name="transport">What connects the ranks.</param>
    /// <param name="timeout">How long a rank may take to answer; zero for ever.</param>
    public static RankGroup Join(IRankTransport transport, TimeSpan timeout)
    {
        var group = new RankGroup(transport, timeout);
        RankMessage[] hosts = group.Meet(RankStatus.Running, Encoding.UTF8.GetBytes(transport.Host));
        for (int rank = 0; rank < hosts.Length; rank++)
        {
            group._hosts[rank] = Encoding.UTF8.GetString(hosts[rank].Content);
        }

        return group;
    }

    /// <summary>Names a rank and its machine.</summary>
    /// <param name="rank">The number of the rank.</param>
    public string NameOf(int rank) => string.Create(CultureInfo.InvariantCulture, $"rank {rank}{(_hosts[rank] is { } host ? $" on {host}" : string.Empty)}");

    /// <summary>Waits for all ranks, and exchanges what they have to say.</summary>
    /// <param name="content">What this rank tells the others.</param>
    /// <param name="wantsToStop">Whether this rank was asked to stop.</param>
    /// <returns>What each rank told, in their order; null where a rank has left, which ends the run.</returns>
    /// <exception cref="MedSegException"><c>RankFailed</c>: another rank failed.</exception>
    public byte[][]? Meet(byte[] content, bool wantsToStop = false)
    {
        if (_transport is null)
        {
            IsStopping |= wantsToStop;
            return [content];
        }

        if (!_isOpen)
        {
            return null;
        }

        RankMessage[] messages = Meet(wantsToStop ? RankStatus.Stopping : RankStatus.Running, content);
        int worst = Array.FindIndex(messages, message => message.Status == messages.Max(m => m.Status));
        RankStatus status = messages[worst].Status;
        if (status == RankStatus.Failed)
        {
            Close();
            string why = Encoding.UTF8.GetString(messages[worst].Content);
            throw new MedSegException(ErrorKind.Device, ErrorIds.RankFailed, $"The run ends, because {NameOf(worst)} failed: {why}")
            {
                Advice = "Correct the cause there, and continue with -Resume.",
            };
        }

        if (status != RankStatus.Running)
        {
            IsStopping = true;
            StoppedBy ??= worst == Rank ? null : NameOf(worst);
        }

        if (status == RankStatus.Left)
        {
            Close();
            return null;
        }

        return [.. messages.Select(message => message.Content)];
    }

    /// <summary>Tells the other ranks that this one failed, when they meet next. This rank meets them no more.</summary>
    /// <param name="error">The error.</param>
    public void Fail(Exception error) => Leave(RankStatus.Failed, Encoding.UTF8.GetBytes(error is MedSegException { Finding: var finding } ? finding : error.Message));

    /// <summary>Ends the run of all ranks, which have all come to its end.</summary>
    public void Close()
    {
        _isOpen = false;
        if (_transport is not null)
        {
            _transport.IsExpected = false;
        }
    }

    /// <summary>Copies the numbers of rank 0 to all ranks.</summary>
    /// <param name="values">The numbers, as many on each rank.</param>
    public void Broadcast(Span<float> values)
    {
        if (_transport is not null)
        {
            using IDisposable? watch = _watchdog.Watch(Others());
            _transport.Broadcast(values);
        }
    }

    /// <summary>Takes the memory for <see cref="Total"/>. A rank that has none fails before the ranks meet, and tells the others there.</summary>
    /// <param name="sum">The sum.</param>
    public void Reserve(ShareSum sum) => sum.Reserve(_transport);

    /// <summary>Adds up the blocks of all ranks, in the order of the tree. All ranks must have met since the last call, with memory for it.</summary>
    /// <param name="sum">The sum, with this rank's shares.</param>
    /// <returns>The numbers, the same on all ranks; valid until shares are added again.</returns>
    public ReadOnlySpan<float> Total(ShareSum sum)
    {
        using IDisposable? watch = _watchdog.Watch(Others());
        long started = Stopwatch.GetTimestamp();
        ReadOnlySpan<float> total = sum.Total(_transport);
        Exchanged += Stopwatch.GetElapsedTime(started);
        BytesSent += sum.BytesSent;
        return total;
    }

    /// <summary>Tells the other ranks that this one leaves, if they still expect it.</summary>
    public void Dispose() => Leave(RankStatus.Left, []);

    private void Leave(RankStatus status, byte[] content)
    {
        if (!_isOpen)
        {
            return;
        }

        try
        {
            _ = Meet(status, content);
        }
        finally
        {
            Close();
        }
    }

    private RankMessage[] Meet(RankStatus status, byte[] content)
    {
        using IDisposable? watch = _watchdog.Watch(Sentence.Capitalize(NameOf(0)));
        long started = Stopwatch.GetTimestamp();
        RankMessage[] messages = IsFirst ? Collect(new RankMessage(status, content)) : Report(new RankMessage(status, content));
        Waited += Stopwatch.GetElapsedTime(started);
        return messages;
    }

    private RankMessage[] Collect(RankMessage own)
    {
        var messages = new RankMessage[Size];
        messages[0] = own;
        Span<byte> header = stackalloc byte[RankMessage.HeaderLength];
        for (int rank = 1; rank < Size; rank++)
        {
            _watchdog.WaitFor(Sentence.Capitalize(NameOf(rank)));
            _transport!.Receive(header, rank);
            (RankStatus status, int length) = RankMessage.ReadHeader(header);
            messages[rank] = new RankMessage(status, ReceiveContent(length, rank));
        }

        byte[] all = RankMessage.Join(messages);
        RankMessage.WriteHeader(header, default, all.Length);
        for (int rank = 1; rank < Size; rank++)
        {
            _watchdog.WaitFor(Sentence.Capitalize(NameOf(rank)));
            _transport!.Send(header, rank);
            _transport.Send(all, rank);
        }

        return messages;
    }

    private RankMessage[] Report(RankMessage own)
    {
        Span<byte> header = stackalloc byte[RankMessage.HeaderLength];
        RankMessage.WriteHeader(header, own.Status, own.Content.Length);
        _transport!.Send(header, 0);
        if (own.Content.Length > 0)
        {
            _transport.Send(own.Content, 0);
        }

        _transport.Receive(header, 0);
        return RankMessage.Split(ReceiveContent(RankMessage.ReadHeader(header).Length, 0), Size);
    }

    private byte[] ReceiveContent(int length, int rank)
    {
        byte[] content = new byte[length];
        if (length > 0)
        {
            _transport!.Receive(content, rank);
        }

        return content;
    }

    private void OnTimeout(string finding)
    {
        Hung?.Invoke(finding);
        _transport!.Abort(
            $"{finding} {Sentence.Capitalize(NameOf(Rank))} ends the run. The last checkpoint is intact: continue with -Resume. "
            + "-MpiTimeout sets how long a rank may take.");
    }

    // An exchange waits for all ranks at once, so it cannot tell which one is late.
    private string Others()
    {
        string[] names = [.. Enumerable.Range(0, Size).Where(rank => rank != Rank).Take(MostNames).Select(NameOf)];
        return names.Length == 1 ? Sentence.Capitalize(names[0]) : $"One of {string.Join(", ", names)}{(Size - 1 > names.Length ? " and others" : string.Empty)}";
    }
}
