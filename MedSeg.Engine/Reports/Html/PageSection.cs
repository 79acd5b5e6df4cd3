namespace MedSeg.Reports.Html;

/// <summary>A section of a page.</summary>
/// <param name="Id">The name by which the table of contents links to it.</param>
/// <param name="Title">The heading.</param>
/// <param name="Write">Writes what follows the heading.</param>
internal sealed record PageSection(string Id, string Title, Action<HtmlWriter> Write);
