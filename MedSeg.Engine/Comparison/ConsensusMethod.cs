namespace MedSeg.Comparison;

/// <summary>How the masks of several raters become one.</summary>
public enum ConsensusMethod
{
    /// <summary>A pixel has the value that most raters gave it; where two values have equally many, it is background.</summary>
    Majority,

    /// <summary>Raters count by how reliable they are, which is estimated at the same time (STAPLE; Warfield, Zou and Wells 2004).</summary>
    Staple,
}
