namespace MedSeg.Help.Markdown;

/// <summary>A paragraph, a list, a table or a code block.</summary>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="Markdown">The text as it is on the page; the code of a code block.</param>
/// <param name="IsCode">Whether it is a code block.</param>
internal sealed record Paragraph(int Line, string Markdown, bool IsCode = false)
{
    /// <summary>Gets the text as a console shows it.</summary>
    public string Text => IsCode ? Markdown : PlainText.Of(Markdown);
}
