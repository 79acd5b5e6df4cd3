using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>A segment of 3D Slicer to write.</summary>
/// <param name="Value">The value of its voxels.</param>
/// <param name="Name">Its name.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Terms">Its codes, as a terminology entry of 3D Slicer.</param>
internal sealed record NrrdOutputSegment(int Value, string Name, RgbColor Color, string Terms);
