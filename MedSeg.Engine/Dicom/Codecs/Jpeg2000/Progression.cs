namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A range of packets and their order (POC; T.800, A.6.6).</summary>
/// <param name="FirstResolution">The first resolution.</param>
/// <param name="FirstComponent">The first component.</param>
/// <param name="LayerEnd">The layer after the last.</param>
/// <param name="ResolutionEnd">The resolution after the last.</param>
/// <param name="ComponentEnd">The component after the last.</param>
/// <param name="Order">The order.</param>
internal readonly record struct Progression(
    int FirstResolution, int FirstComponent, int LayerEnd, int ResolutionEnd, int ComponentEnd, ProgressionOrder Order)
{
    /// <summary>Reads one progression of a POC marker segment.</summary>
    /// <exception cref="CodestreamException">The order is unknown.</exception>
    public static Progression Read(ref SegmentReader segment, int components)
    {
        int firstResolution = segment.Byte();
        int firstComponent = segment.ComponentIndex(components);
        int layerEnd = segment.UInt16();
        int resolutionEnd = segment.Byte();
        int componentEnd = segment.ComponentIndex(components);

        // In one byte, 0 means 256.
        return new Progression(firstResolution, firstComponent, layerEnd, resolutionEnd, componentEnd == 0 ? components : componentEnd, ReadOrder(ref segment));
    }

    /// <summary>Reads the byte with the order.</summary>
    /// <exception cref="CodestreamException">The order is unknown.</exception>
    public static ProgressionOrder ReadOrder(ref SegmentReader segment)
    {
        int position = segment.Position;
        int order = segment.Byte();
        return order <= (int)ProgressionOrder.ComponentPositionResolutionLayer
            ? (ProgressionOrder)order
            : throw new CodestreamException("the packets have an order that part 1 does not define", position);
    }
}
