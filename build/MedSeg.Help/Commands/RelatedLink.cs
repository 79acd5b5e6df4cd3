namespace MedSeg.Help.Commands;

/// <summary>A related link.</summary>
/// <param name="Text">The text.</param>
/// <param name="Uri">The address; empty for a page of this documentation, which a console cannot open.</param>
internal sealed record RelatedLink(string Text, string Uri);
