using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>Makes numbers of the colours of a picture.</summary>
internal abstract class ColorReading
{
    /// <summary>Chooses how the colours of a picture are read.</summary>
    /// <param name="map">The ROIs of colours; null if there are none.</param>
    /// <param name="component">The component that is the pixel's value, 0 for red, 1 for green and 2 for blue; null for ROIs.</param>
    /// <returns>How colours are read; null if they are errors.</returns>
    public static ColorReading? Of(LabelMapping? map, int? component) =>
        component is { } index ? new ColorComponent(index) : map?.Colors is { Count: > 0 } known ? new ColorLabels(known) : null;

    /// <summary>Returns the number of a pixel.</summary>
    /// <param name="red">The red sample.</param>
    /// <param name="green">The green sample.</param>
    /// <param name="blue">The blue sample.</param>
    /// <param name="alpha">The alpha sample; 0 is transparent.</param>
    /// <param name="isWide">Whether samples have 16 bits rather than 8.</param>
    public abstract int ValueOf(int red, int green, int blue, int alpha, bool isWide);

    /// <summary>Throws if colours occurred that have no number.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileFormatException"><c>LabelColorUnknown</c>.</exception>
    public virtual void ThrowIfUnknown(string path)
    {
    }
}
