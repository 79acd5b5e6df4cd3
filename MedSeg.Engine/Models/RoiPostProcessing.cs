using System.Globalization;
using System.Text.Json.Serialization;

namespace MedSeg.Models;

/// <summary>How the mask of an ROI is cleaned up: first components are removed, then holes are filled.</summary>
public sealed record RoiPostProcessing
{
    /// <summary>The rule that changes nothing.</summary>
    internal static readonly RoiPostProcessing None = new();

    /// <summary>Gets a value indicating whether only the largest connected component is kept. Pixels that touch at a corner are connected.</summary>
    public bool LargestComponent { get; init; }

    /// <summary>
    /// Gets the area in mm² below which a connected component is removed; 0 to keep all. Slices without pixel spacing keep all.
    /// </summary>
    public double MinimumArea { get; init; }

    /// <summary>Gets a value indicating whether background that is enclosed by the ROI alone is filled.</summary>
    public bool FillHoles { get; init; }

    /// <summary>Gets a value indicating whether the mask is left as it is.</summary>
    [JsonIgnore]
    public bool IsNone => !RemovesComponents && !FillHoles;

    /// <summary>Gets a value indicating whether components can be removed.</summary>
    internal bool RemovesComponents => LargestComponent || MinimumArea > 0;

    /// <summary>Says what is done.</summary>
    /// <returns>For example <c>largest component, at least 12 mm², holes filled</c>; or <c>none</c>.</returns>
    public override string ToString()
    {
        string[] parts =
        [
            .. LargestComponent ? ["largest component"] : Array.Empty<string>(),
            .. MinimumArea > 0 ? [string.Create(CultureInfo.InvariantCulture, $"at least {MinimumArea:0.###} mm²")] : Array.Empty<string>(),
            .. FillHoles ? ["holes filled"] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? "none" : string.Join(", ", parts);
    }

    /// <summary>Says whether a component is kept.</summary>
    /// <param name="pixels">The number of its pixels.</param>
    /// <param name="isLargest">Whether it is the largest of the ROI.</param>
    /// <param name="pixelArea">The area of a pixel in mm²; null if it is unknown.</param>
    internal bool Keeps(long pixels, bool isLargest, double? pixelArea) =>
        (isLargest || !LargestComponent) && !(pixels * pixelArea < MinimumArea);

    /// <summary>Returns what both do: a component that one of them keeps, and a hole that one leaves, stays.</summary>
    internal RoiPostProcessing Shared(RoiPostProcessing other) => new()
    {
        LargestComponent = LargestComponent && other.LargestComponent,
        MinimumArea = Math.Min(MinimumArea, other.MinimumArea),
        FillHoles = FillHoles && other.FillHoles,
    };
}
