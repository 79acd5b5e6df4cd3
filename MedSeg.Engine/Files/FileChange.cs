namespace MedSeg.Files;

/// <summary>A kind of change of the file system.</summary>
internal enum FileChange
{
    /// <summary>A file is opened for writing, or created.</summary>
    Open,

    /// <summary>A file gets another name, and may replace the file of that name.</summary>
    Rename,

    /// <summary>A file or folder is deleted.</summary>
    Delete,
}
