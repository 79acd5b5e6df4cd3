namespace MedSeg.Labels;

/// <summary>The severity of a problem with a label mask.</summary>
public enum LabelSeverity
{
    /// <summary>Unusual but possibly correct; worth checking when there is time.</summary>
    Notice,

    /// <summary>Probably a mistake. The mask can be used, but check it first.</summary>
    Warning,

    /// <summary>The mask cannot be used.</summary>
    Error,
}
