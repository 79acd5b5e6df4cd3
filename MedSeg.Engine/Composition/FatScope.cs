namespace MedSeg.Composition;

/// <summary>Which pixels a threshold or mixture is fitted to.</summary>
public enum FatScope
{
    /// <summary>All ROIs of a slice together, so that a lean muscle is compared with a fatty one.</summary>
    Slice,

    /// <summary>Each ROI of each slice by itself.</summary>
    Roi,

    /// <summary>All ROIs of all slices of a patient together.</summary>
    Patient,
}
