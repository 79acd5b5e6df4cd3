namespace MedSeg.Errors;

/// <summary>
/// An error that is shown to users: what was found (<see cref="Finding"/>) and what to do about it (<see cref="Advice"/>).
/// </summary>
/// <remarks>
/// The code that detects a fault also knows the remedy: <c>throw new MedSegException(kind, id, "What was found and expected.") { Advice = "What to do." }</c>.
/// Both are whole sentences. PowerShell shows the advice as the recommended action.
/// Options are named as PowerShell parameters: <c>-BatchSize</c> is the property <c>BatchSize</c> of the options in C#.
/// </remarks>
public class MedSegException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="MedSegException"/> class.</summary>
    /// <param name="kind">The category of the error.</param>
    /// <param name="errorId">A stable identifier, for example <c>LabelSizeMismatch</c>; scripts rely on it.</param>
    /// <param name="finding">What was found and what was expected, in whole sentences; names the file or setting.</param>
    /// <param name="path">The absolute path of the file or folder at fault, where there is one.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public MedSegException(ErrorKind kind, string errorId, string finding, string? path = null, Exception? innerException = null)
        : base(Printable(finding), innerException)
    {
        Kind = kind;
        ErrorId = errorId;
        Path = path;
    }

    /// <summary>Gets what was found and what was expected.</summary>
    public string Finding => base.Message;

    /// <summary>Gets what to do, in whole sentences; <see langword="null"/> if nothing useful can be advised.</summary>
    public string? Advice { get; init; }

    /// <summary>Gets the finding, followed by the advice.</summary>
    public override string Message => Advice is null ? Finding : $"{Finding} {Advice}";

    /// <summary>Gets the category of the error.</summary>
    public ErrorKind Kind { get; }

    /// <summary>Gets the stable identifier.</summary>
    public string ErrorId { get; }

    /// <summary>Gets the absolute path of the file or folder at fault, or <see langword="null"/>.</summary>
    public string? Path { get; }

    // Names of files and ROIs may hold escape sequences, which a terminal would obey.
    private static string Printable(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0
            ? text
            : string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t') ? '\ufffd' : c));
}
