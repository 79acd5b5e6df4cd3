namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The order of packets, named from the slowest to the fastest index (T.800, table A.16).</summary>
internal enum ProgressionOrder
{
    LayerResolutionComponentPosition,
    ResolutionLayerComponentPosition,
    ResolutionPositionComponentLayer,
    PositionComponentResolutionLayer,
    ComponentPositionResolutionLayer,
}
