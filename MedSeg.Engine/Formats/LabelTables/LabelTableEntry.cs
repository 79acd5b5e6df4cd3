using MedSeg.Imaging;

namespace MedSeg.Formats.LabelTables;

/// <summary>What a table of labels says about a value of masks.</summary>
/// <param name="Value">The value; 0 is the background.</param>
/// <param name="Name">The name.</param>
/// <param name="Color">The colour.</param>
internal sealed record LabelTableEntry(int Value, string Name, RgbColor Color);
