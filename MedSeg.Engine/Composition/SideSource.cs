namespace MedSeg.Composition;

/// <summary>What says which side of the body an ROI is on.</summary>
public enum SideSource
{
    /// <summary>The name of the ROI: left, right, L or R as a word.</summary>
    Name,

    /// <summary>The name where it has a side; other ROIs are divided at the middle of the image, along the patient's axis from left to right.</summary>
    Position,
}
