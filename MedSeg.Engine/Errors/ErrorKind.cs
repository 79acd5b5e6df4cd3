namespace MedSeg.Errors;

/// <summary>The category of an error.</summary>
public enum ErrorKind
{
    /// <summary>A file or folder does not exist.</summary>
    NotFound,

    /// <summary>The content of a file cannot be used.</summary>
    InvalidData,

    /// <summary>An option is out of range, or does not fit the data or another option.</summary>
    InvalidArgument,

    /// <summary>A file or folder would be overwritten.</summary>
    AlreadyExists,

    /// <summary>A file cannot be written.</summary>
    WriteFailed,

    /// <summary>A CPU feature, GPU or native library is missing or failed.</summary>
    Device,
}
