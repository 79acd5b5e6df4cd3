namespace MedSeg.Inventory;

/// <summary>The direction of the slices of a series.</summary>
public enum SliceOrientation
{
    /// <summary>The file does not state it.</summary>
    Unknown,

    /// <summary>Across the body, tilted by no more than 30°.</summary>
    Axial,

    /// <summary>From front to back and head to feet, tilted by no more than 30°.</summary>
    Sagittal,

    /// <summary>From left to right and head to feet, tilted by no more than 30°.</summary>
    Coronal,

    /// <summary>Tilted by more than 30° from all of these.</summary>
    Oblique,

    /// <summary>Slices of several directions, as in a localizer.</summary>
    Mixed,
}
