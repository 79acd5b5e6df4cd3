namespace MedSeg.Tests.Durability;

/// <summary>A call that changes files; the numbers are those of faults.c.</summary>
internal enum CallKind : byte
{
    /// <summary>A file is opened for writing, and created where it is missing.</summary>
    Open = 1,

    /// <summary>Bytes are written.</summary>
    Write = 2,

    /// <summary>A file is cut or extended.</summary>
    Truncate = 3,

    /// <summary>A file or folder is flushed to disk.</summary>
    Flush = 4,

    /// <summary>A file gets another name.</summary>
    Rename = 5,

    /// <summary>A file gets a second name.</summary>
    Link = 6,

    /// <summary>A name is removed.</summary>
    Unlink = 7,

    /// <summary>A folder is made.</summary>
    MakeFolder = 8,

    /// <summary>A folder is removed.</summary>
    RemoveFolder = 9,
}
