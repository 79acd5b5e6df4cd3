namespace MedSeg.Labels;

/// <summary>Reads one component of the colours of an image.</summary>
/// <param name="component">0 for red, 1 for green, 2 for blue.</param>
internal sealed class ColorComponent(int component) : ColorReading
{
    /// <inheritdoc/>
    public override int ValueOf(int red, int green, int blue, int alpha, bool isWide) => component switch { 0 => red, 1 => green, _ => blue };
}
