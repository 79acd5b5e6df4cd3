namespace MedSeg.Errors;

/// <summary>Thrown when a file cannot be read because it is truncated, damaged, of another format or of an unsupported kind.</summary>
public sealed class FileFormatException : MedSegException
{
    /// <summary>Initializes a new instance of the <see cref="FileFormatException"/> class. Its finding starts with the path.</summary>
    /// <param name="errorId">A stable identifier, for example <c>DicomTruncated</c>.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="problem">What was found and what was expected, without the path, for example <c>This is not a DICOM file.</c></param>
    /// <param name="offset">The byte offset at which reading stopped, where it is known.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public FileFormatException(string errorId, string path, string problem, long? offset = null, Exception? innerException = null)
        : base(ErrorKind.InvalidData, errorId, Describe(path, problem, offset), path, innerException)
    {
        Offset = offset;
    }

    /// <summary>Gets the byte offset at which reading stopped, where it is known.</summary>
    public long? Offset { get; }

    private static string Describe(string path, string problem, long? offset) =>
        offset is null ? $"{path}: {problem}" : $"{path}: {problem.TrimEnd('.')} (at byte {offset}).";
}
