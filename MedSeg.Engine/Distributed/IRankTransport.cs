namespace MedSeg.Distributed;

/// <summary>
/// Moves bytes and numbers between the ranks, which are the processes that train together. All of them make the same calls in the same
/// order; one rank's calls never overlap.
/// </summary>
internal interface IRankTransport
{
    /// <summary>Gets the number of this rank, from 0.</summary>
    int Rank { get; }

    /// <summary>Gets the number of ranks.</summary>
    int Size { get; }

    /// <summary>Gets the name of this rank's machine.</summary>
    string Host { get; }

    /// <summary>Gets what connects the ranks, for messages.</summary>
    string Description { get; }

    /// <summary>Gets or sets a value indicating whether the other ranks expect calls of this one. A process that fails meanwhile ends them.</summary>
    bool IsExpected { get; set; }

    /// <summary>Sends bytes to a rank, which receives as many.</summary>
    /// <param name="data">The bytes, at least one.</param>
    /// <param name="rank">The receiver.</param>
    void Send(ReadOnlySpan<byte> data, int rank);

    /// <summary>Waits for bytes of a rank.</summary>
    /// <param name="data">Filled with the bytes.</param>
    /// <param name="rank">The sender.</param>
    void Receive(Span<byte> data, int rank);

    /// <summary>Copies the numbers of rank 0 to all ranks.</summary>
    /// <param name="values">The numbers, as many on each rank.</param>
    void Broadcast(Span<float> values);

    /// <summary>Sends each rank a part of the numbers, and receives a part from each.</summary>
    /// <typeparam name="T">The type of the numbers: float or ushort.</typeparam>
    /// <param name="sent">The numbers for rank 0, then those for rank 1, and so on.</param>
    /// <param name="sentCounts">How many numbers each rank is sent.</param>
    /// <param name="received">Filled with the numbers of rank 0, then those of rank 1, and so on.</param>
    /// <param name="receivedCounts">How many numbers each rank sends.</param>
    void Exchange<T>(ReadOnlySpan<T> sent, int[] sentCounts, Span<T> received, int[] receivedCounts)
        where T : unmanaged;

    /// <summary>Gives all ranks the parts that each of them has.</summary>
    /// <typeparam name="T">The type of the numbers: float or ushort.</typeparam>
    /// <param name="values">The part of rank 0, then that of rank 1, and so on; a rank's own part is filled in, and the others will be.</param>
    /// <param name="counts">The number of numbers in each part.</param>
    void Gather<T>(Span<T> values, int[] counts)
        where T : unmanaged;

    /// <summary>Ends all ranks at once. Another thread may call it while this rank waits.</summary>
    /// <param name="message">Why.</param>
    void Abort(string message);
}
