namespace MedSeg.Volumes;

/// <summary>A segment of a label volume.</summary>
/// <param name="Layer">The layer that it is in, from 0.</param>
/// <param name="Value">The value of its voxels.</param>
/// <param name="Name">Its name.</param>
internal sealed record VolumeSegment(int Layer, int Value, string Name);
