namespace MedSeg.Labels;

/// <summary>Says how bad a finding in a label mask is.</summary>
public enum LabelSeverity
{
    /// <summary>Unusual, and worth a look when there is time; it may well be right.</summary>
    Notice,

    /// <summary>Probably a mistake. The mask can be used, but should be looked at first.</summary>
    Warning,

    /// <summary>The mask cannot be used.</summary>
    Error,
}
