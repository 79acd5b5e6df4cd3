namespace MedSeg.Help.Markdown;

/// <summary>A heading and what follows it, up to the next heading of its level.</summary>
/// <param name="Title">The heading, in plain text.</param>
/// <param name="Line">The heading's line, from 1.</param>
internal sealed record Section(string Title, int Line)
{
    /// <summary>Gets the paragraphs below the heading, code blocks included.</summary>
    public List<Paragraph> Paragraphs { get; } = [];

    /// <summary>Gets the sections one level below.</summary>
    public List<Section> Children { get; } = [];

    /// <summary>Gets the code blocks.</summary>
    public IEnumerable<Paragraph> CodeBlocks => Paragraphs.Where(paragraph => paragraph.IsCode);

    /// <summary>Finds a section one level below.</summary>
    /// <param name="title">Its heading.</param>
    /// <returns>The section, or null.</returns>
    public Section? Find(string title) => Children.Find(child => child.Title == title);
}
