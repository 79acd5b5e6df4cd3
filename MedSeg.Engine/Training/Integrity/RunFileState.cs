namespace MedSeg.Training.Integrity;

/// <summary>What the check of a file has found.</summary>
public enum RunFileState
{
    /// <summary>Everything that can be checked is right.</summary>
    Ok,

    /// <summary>The content is wrong: a checksum, or text that cannot be parsed.</summary>
    Damaged,

    /// <summary>The file or a part of it is missing.</summary>
    Incomplete,

    /// <summary>The file could not be checked: it cannot be opened, or another version of MedSeg wrote it.</summary>
    Unknown,
}
