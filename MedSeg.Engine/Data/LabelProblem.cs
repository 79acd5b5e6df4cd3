namespace MedSeg;

/// <summary>Whether a sample can be used in spite of a problem.</summary>
public enum LabelSeverity
{
    /// <summary>The sample is used; somebody should look at it.</summary>
    Warning,

    /// <summary>The sample is left out.</summary>
    Error,
}

/// <summary>Something that is wrong with a label mask or its image.</summary>
/// <param name="Code">A stable code, for example <c>LabelAboveRange</c>.</param>
/// <param name="Severity">Whether the sample can be used.</param>
/// <param name="Message">What was found, and what to do; names the file.</param>
public sealed record LabelProblem(string Code, LabelSeverity Severity, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message}";
}

/// <summary>How often a value occurs in a label mask.</summary>
/// <param name="Value">The value as the file holds it.</param>
/// <param name="Pixels">The number of pixels that have it.</param>
public sealed record LabelValueCount(float Value, long Pixels);
