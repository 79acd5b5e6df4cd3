namespace MedSeg.Help.Commands;

/// <summary>One way to call a command.</summary>
/// <param name="Parameters">The names of its parameters, and whether each must be given.</param>
internal sealed record SyntaxCall(IReadOnlyList<(string Name, bool IsRequired)> Parameters);
