namespace MedSeg.Help.Commands;

/// <summary>A type of input or output.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Text">What it is; each paragraph in plain text.</param>
internal sealed record DescribedType(string Name, IReadOnlyList<string> Text);
