using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>The area and the outline of an ROI as paths along the edges of pixels, at any scale.</summary>
internal sealed class RoiPath : IDisposable
{
    private readonly byte[] _mask;
    private readonly int _columns;
    private readonly int _rows;
    private readonly byte _roi;
    private readonly SKRect _place;

    /// <summary>Initializes a new instance of the <see cref="RoiPath"/> class.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="roi">The ROI.</param>
    /// <param name="place">The rectangle that the whole mask fills.</param>
    public RoiPath(byte[] mask, int columns, byte roi, SKRect place)
    {
        (_mask, _columns, _rows, _roi, _place) = (mask, columns, mask.Length / columns, roi, place);
        for (int row = 0; row < _rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (Has(row, column))
                {
                    column = AddRun(row, column);
                }
            }
        }
    }

    /// <summary>Gets the area.</summary>
    public SKPath Inside { get; } = new();

    /// <summary>Gets the outline.</summary>
    public SKPath Outline { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Inside.Dispose();
        Outline.Dispose();
    }

    private int AddRun(int row, int start)
    {
        int end = start;
        while (end + 1 < _columns && Has(row, end + 1))
        {
            end++;
        }

        Inside.AddRect(new SKRect(X(start), Y(row), X(end + 1), Y(row + 1)));
        AddLine(X(start), Y(row), X(start), Y(row + 1));
        AddLine(X(end + 1), Y(row), X(end + 1), Y(row + 1));
        for (int column = start; column <= end; column++)
        {
            AddEdge(column, row - 1, row);
            AddEdge(column, row + 1, row + 1);
        }

        return end;
    }

    private void AddEdge(int column, int neighbour, int line)
    {
        if (!Has(neighbour, column))
        {
            AddLine(X(column), Y(line), X(column + 1), Y(line));
        }
    }

    private void AddLine(float x0, float y0, float x1, float y1)
    {
        Outline.MoveTo(x0, y0);
        Outline.LineTo(x1, y1);
    }

    private bool Has(int row, int column) => row >= 0 && row < _rows && _mask[(row * _columns) + column] == _roi;

    private float X(int column) => _place.Left + (column * _place.Width / _columns);

    private float Y(int row) => _place.Top + (row * _place.Height / _rows);
}
