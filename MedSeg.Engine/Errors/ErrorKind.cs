namespace MedSeg.Errors;

/// <summary>Says what sort of thing went wrong; the cmdlets turn it into PowerShell's error category.</summary>
public enum ErrorKind
{
    /// <summary>A file or folder that is not there.</summary>
    NotFound,

    /// <summary>A file whose content cannot be used.</summary>
    InvalidData,

    /// <summary>A setting that cannot be used, alone or with the data.</summary>
    InvalidArgument,

    /// <summary>Something that would be overwritten.</summary>
    AlreadyExists,

    /// <summary>A place that cannot be written to.</summary>
    WriteFailed,

    /// <summary>A processor, graphics card or native library that is missing or failed.</summary>
    Device,
}
