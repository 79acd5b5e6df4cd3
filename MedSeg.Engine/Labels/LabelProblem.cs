namespace MedSeg.Labels;

/// <summary>A finding in a label mask.</summary>
/// <param name="Code">A stable identifier, for example <c>LabelAboveRange</c>.</param>
/// <param name="Severity">Whether the mask can still be used.</param>
/// <param name="Message">What was found, what was expected and what to do; a data set's problems begin with the path of the file.</param>
/// <param name="Pixels">The number of pixels concerned.</param>
public sealed record LabelProblem(string Code, LabelSeverity Severity, string Message, long Pixels)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Code}: {Message}";
}
