namespace MedSeg.Help.Commands;

/// <summary>An example of a command.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Code">The lines to run.</param>
/// <param name="Remarks">What they do; each paragraph in plain text.</param>
internal sealed record CommandExample(string Title, string Code, IReadOnlyList<string> Remarks);
