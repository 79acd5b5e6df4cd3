using MedSeg.Help.Markdown;

namespace MedSeg.Help.Commands;

/// <summary>The help of one command.</summary>
internal sealed record CommandPage
{
    /// <summary>Gets the page that it was read from.</summary>
    public required MarkdownPage Page { get; init; }

    /// <summary>Gets the command's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the synopsis.</summary>
    public required string Synopsis { get; init; }

    /// <summary>Gets the paragraphs of the description.</summary>
    public required IReadOnlyList<string> Description { get; init; }

    /// <summary>Gets the parameters, in the order of the page.</summary>
    public required IReadOnlyList<CommandParameter> Parameters { get; init; }

    /// <summary>Gets the ways to call the command; empty where there is one, with all parameters.</summary>
    public required IReadOnlyList<SyntaxCall> Syntax { get; init; }

    /// <summary>Gets the types of pipeline input.</summary>
    public required IReadOnlyList<DescribedType> Inputs { get; init; }

    /// <summary>Gets the types of output.</summary>
    public required IReadOnlyList<DescribedType> Outputs { get; init; }

    /// <summary>Gets the examples.</summary>
    public required IReadOnlyList<CommandExample> Examples { get; init; }

    /// <summary>Gets the notes; null without that section.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Gets the related links.</summary>
    public IReadOnlyList<RelatedLink> Links { get; init; } = [];
}
