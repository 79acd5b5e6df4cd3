namespace MedSeg.Composition;

/// <summary>A side of the body, as the patient has it.</summary>
public enum BodySide
{
    /// <summary>The patient's left.</summary>
    Left,

    /// <summary>The patient's right.</summary>
    Right,
}
