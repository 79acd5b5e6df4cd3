namespace MedSeg;

/// <summary>Says how bad a finding in a label mask is.</summary>
public enum LabelSeverity
{
    /// <summary>The mask can be used, but should be looked at.</summary>
    Warning,

    /// <summary>The mask cannot be used.</summary>
    Error,
}
