namespace MedSeg.Files;

/// <summary>A sheet of a workbook: a header, and rows of values.</summary>
/// <param name="Name">The name, up to 31 characters without []:*?/\.</param>
/// <param name="Header">The text above each column.</param>
/// <param name="Rows">The rows. Numbers, truth values and times keep their type; null and NaN are empty cells; all else is text.</param>
internal sealed record WorkbookSheet(string Name, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<object?>> Rows);
