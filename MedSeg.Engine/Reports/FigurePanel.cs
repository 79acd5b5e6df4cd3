using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>A panel of a figure: a title, two axes and the data between them.</summary>
internal sealed class FigurePanel
{
    private const float Tick = 2.5f;
    private const float Stroke = 0.6f;
    private const float LinesOfLabel = 2.3f;
    private const double FewDecimals = 1000;

    private readonly FigurePen _pen;
    private readonly SKRect _data;

    /// <summary>Initializes a new instance of the <see cref="FigurePanel"/> class and draws its frame.</summary>
    /// <param name="pen">Draws.</param>
    /// <param name="place">The panel's place, in points.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="labels">The title and the names of the axes; the horizontal axis has no ticks if its name is empty.</param>
    /// <param name="right">The space right of the data for labels of lines, in points.</param>
    public FigurePanel(FigurePen pen, SKRect place, FigureAxis x, FigureAxis y, (string Title, string X, string Y) labels, float right)
    {
        (_pen, X, Y) = (pen, x, y);
        float size = pen.Size;
        float ofTicks = y.Ticks.Max(tick => pen.Measure(y.Format(tick)));
        _data = new SKRect(place.Left + (1.5f * size) + ofTicks + Tick + 3, place.Top + (1.9f * size), place.Right - right, place.Bottom - (2.9f * size) - Tick);
        pen.Text(pen.Fit(labels.Title, place.Right - _data.Left), _data.Left, place.Top + (1.2f * size), isBold: true);
        pen.TextUpwards(labels.Y, place.Left + size, _data.MidY);
        foreach (double tick in y.Ticks)
        {
            float at = At(x.Low, tick).Y;
            pen.Line(_data.Left, at, _data.Right, at, FigurePen.Faint, Stroke);
            pen.Line(_data.Left - Tick, at, _data.Left, at, FigurePen.Ink, Stroke);
            pen.Text(y.Format(tick), _data.Left - Tick - 2, at + (0.35f * size), SKTextAlign.Right);
        }

        if (labels.X.Length > 0)
        {
            DrawHorizontalTicks(labels.X);
        }

        pen.Line(_data.Left, _data.Top, _data.Left, _data.Bottom, FigurePen.Ink, Stroke);
        pen.Line(_data.Left, _data.Bottom, _data.Right, _data.Bottom, FigurePen.Ink, Stroke);
    }

    /// <summary>Gets the place of the data.</summary>
    public SKRect Data => _data;

    private FigureAxis X { get; }

    private FigureAxis Y { get; }

    /// <summary>Returns where a point is.</summary>
    public SKPoint At(double x, double y) => new(_data.Left + (X.At(x) * _data.Width), _data.Bottom - (Y.At(y) * _data.Height));

    /// <summary>Draws level lines over the whole width, the bands of their intervals, and their names and values to the right.</summary>
    /// <param name="levels">The lines, from the highest to the lowest.</param>
    public void Levels(IReadOnlyList<FigureLevel> levels)
    {
        foreach (FigureLevel level in levels.Where(level => level.Low is not null && level.High is not null))
        {
            float top = At(X.Low, Math.Min(level.High!.Value, Y.High)).Y;
            _pen.Fill(new SKRect(_data.Left, top, _data.Right, At(X.Low, Math.Max(level.Low!.Value, Y.Low)).Y), FigurePen.Muted.WithAlpha(0x24));
        }

        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Y.High - Y.Low)), Y.High - Y.Low < FewDecimals ? 1 : 0, 4);
        float[] labels = [.. levels.Select(level => At(X.Low, level.Value).Y)];
        float apart = LinesOfLabel * _pen.Size;
        int middle = labels.Length / 2;
        for (int i = middle + 1; i < labels.Length; i++)
        {
            labels[i] = Math.Max(labels[i], labels[i - 1] + apart);
        }

        for (int i = middle - 1; i >= 0; i--)
        {
            labels[i] = Math.Min(labels[i], labels[i + 1] - apart);
        }

        for (int i = 0; i < labels.Length; i++)
        {
            float at = At(X.Low, levels[i].Value).Y;
            _pen.Line(_data.Left, at, _data.Right, at, FigurePen.Ink, levels[i].IsDashed ? 0.8f : 1, levels[i].IsDashed);
            _pen.Text(levels[i].Name, _data.Right + 3, labels[i] - (0.15f * _pen.Size), color: FigurePen.Muted);
            _pen.Text(FigureAxis.Text(levels[i].Value, decimals), _data.Right + 3, labels[i] + (0.95f * _pen.Size));
        }
    }

    private void DrawHorizontalTicks(string name)
    {
        foreach (double tick in X.Ticks)
        {
            float at = At(tick, Y.Low).X;
            _pen.Line(at, _data.Bottom, at, _data.Bottom + Tick, FigurePen.Ink, Stroke);
            _pen.Text(X.Format(tick), at, _data.Bottom + Tick + 1 + _pen.Size, SKTextAlign.Center);
        }

        _pen.Text(name, _data.MidX, _data.Bottom + Tick + (2.4f * _pen.Size), SKTextAlign.Center);
    }
}
