namespace MedSeg.Distributed;

/// <summary>What a rank says when the ranks meet. Of all ranks' statuses, the highest decides.</summary>
internal enum RankStatus
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>It was asked to stop: all ranks finish the step and then stop.</summary>
    Stopping,

    /// <summary>It has left, between two steps: the others stop without the step.</summary>
    Left,

    /// <summary>It failed: all ranks fail.</summary>
    Failed,
}
