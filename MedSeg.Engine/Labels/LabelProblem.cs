namespace MedSeg.Labels;

/// <summary>A finding in a label mask.</summary>
/// <param name="Code">A stable identifier, for example <c>LabelAboveRange</c>.</param>
/// <param name="Severity">Whether the mask can still be used.</param>
/// <param name="Message">What was found and what was expected, in whole sentences; a data set's problems begin with the path of the file.</param>
/// <param name="Pixels">The number of pixels concerned.</param>
public sealed record LabelProblem(string Code, LabelSeverity Severity, string Message, long Pixels)
{
    /// <summary>Gets what to do, in whole sentences; <see langword="null"/> where the message says all there is to say.</summary>
    public string? Advice { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Advice is null ? $"{Severity} {Code}: {Message}" : $"{Severity} {Code}: {Message} {Advice}";
}
