using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>A problem with a label mask.</summary>
/// <param name="Code">A stable identifier, for example <c>LabelAboveRange</c>.</param>
/// <param name="Severity">Whether the mask can still be used.</param>
/// <param name="Message">What was found and what was expected, in whole sentences; the problems of a data set start with the path of the file.</param>
/// <param name="Pixels">The number of affected pixels.</param>
public sealed record LabelProblem(string Code, LabelSeverity Severity, string Message, long Pixels)
{
    /// <summary>Gets what to do, in whole sentences; <see langword="null"/> if nothing useful can be advised.</summary>
    public string? Advice { get; init; }

    /// <summary>Gets the message, followed by the advice.</summary>
    public string Text => Advice is null ? Message : $"{Message} {Advice}";

    /// <summary>Makes a problem of an error, after which the work continues with other files.</summary>
    /// <param name="error">The error.</param>
    internal static LabelProblem Of(MedSegException error) => new(error.ErrorId, LabelSeverity.Error, error.Finding, 0) { Advice = error.Advice };

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Code}: {Text}";
}
