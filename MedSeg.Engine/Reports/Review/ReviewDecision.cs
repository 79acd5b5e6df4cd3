namespace MedSeg.Reports.Review;

/// <summary>What the reader of a report decided on a slice.</summary>
public enum ReviewDecision
{
    /// <summary>Nothing yet.</summary>
    Undecided,

    /// <summary>The mask is right.</summary>
    Accept,

    /// <summary>The mask is not to be used.</summary>
    Reject,
}
