using System.IO.Enumeration;

namespace MedSeg.Composition;

/// <summary>The level of the spine, or another place, that slices show.</summary>
/// <param name="Slice">The name of a slice, or a pattern with * and ? for several; case does not matter.</param>
/// <param name="Level">The level, for example L4.</param>
public sealed record SliceLevel(string Slice, string Level)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Slice} = {Level}";

    /// <summary>Returns the level of a slice: that of its own name, or of the first pattern that matches.</summary>
    internal static string? Of(IReadOnlyList<SliceLevel> levels, string slice) =>
        (levels.FirstOrDefault(level => level.Slice.Equals(slice, StringComparison.OrdinalIgnoreCase)) ?? levels.FirstOrDefault(level => FileSystemName.MatchesSimpleExpression(level.Slice, slice)))?.Level;
}
