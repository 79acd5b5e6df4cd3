namespace MedSeg.Files;

/// <summary>A row of a <see cref="CsvTable"/>.</summary>
/// <param name="Line">The line of its end in the file, from 1.</param>
/// <param name="Cells">The cells; fewer than there are columns if the last are missing.</param>
internal sealed record CsvRow(int Line, IReadOnlyList<string> Cells)
{
    /// <summary>Gets a cell.</summary>
    /// <param name="column">The index of the column, from 0; −1 for a column that does not exist.</param>
    /// <returns>The cell without spaces around it; <see langword="null"/> if it is empty or missing.</returns>
    public string? this[int column] => column >= 0 && column < Cells.Count && Cells[column].Length > 0 ? Cells[column] : null;
}
