namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A precinct: the code-blocks that one packet of a layer refines (T.800, B.6).</summary>
/// <param name="Component">The component.</param>
/// <param name="Resolution">The resolution.</param>
/// <param name="Index">The number within the resolution.</param>
/// <param name="X">The column on the reference grid at which progressions by position reach it.</param>
/// <param name="Y">The row.</param>
/// <param name="Bands">Its parts in the subbands of the resolution.</param>
/// <param name="Style">The coding style of its component.</param>
internal sealed record Precinct(int Component, int Resolution, int Index, long X, long Y, PrecinctBand[] Bands, CodingStyle Style)
{
    /// <summary>Gets or sets the layer of the next packet.</summary>
    public int NextLayer { get; set; }
}
