namespace MedSeg.Tests.Durability;

/// <summary>What happens to one call of the system; the numbers are those of faults.c.</summary>
internal enum FaultKind
{
    /// <summary>The disk fails once.</summary>
    InputOutputError = 1,

    /// <summary>The disk is full for one call.</summary>
    NoSpaceOnce = 2,

    /// <summary>A signal interrupts the call.</summary>
    Interrupted = 3,

    /// <summary>Half of the bytes are written, which is no error.</summary>
    ShortWrite = 4,

    /// <summary>The disk is full from this call on.</summary>
    NoSpaceFromHere = 5,

    /// <summary>The process is killed.</summary>
    Kill = 6,
}
