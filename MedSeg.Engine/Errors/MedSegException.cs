namespace MedSeg.Errors;

/// <summary>
/// The error that users meet. Its message names the file or setting, says what was found, what was expected and what
/// to do.
/// </summary>
public class MedSegException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="MedSegException"/> class.</summary>
    /// <param name="kind">The sort of error.</param>
    /// <param name="errorId">A stable identifier, for example <c>LabelSizeMismatch</c>: scripts and tests rely on it.</param>
    /// <param name="message">The sentence that the user reads.</param>
    /// <param name="path">The absolute path of the file or folder at fault, where there is one.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public MedSegException(ErrorKind kind, string errorId, string message, string? path = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        ErrorId = errorId;
        Path = path;
    }

    /// <summary>Gets the sort of error.</summary>
    public ErrorKind Kind { get; }

    /// <summary>Gets the stable identifier.</summary>
    public string ErrorId { get; }

    /// <summary>Gets the absolute path of the file or folder at fault, or <see langword="null"/>.</summary>
    public string? Path { get; }
}
