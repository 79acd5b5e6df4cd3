namespace MedSeg.Inference;

/// <summary>Marks the connected pixels of one value.</summary>
internal static class MaskFlood
{
    /// <summary>Marks the component of a pixel.</summary>
    /// <param name="mask">The values, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="start">A pixel that is not marked.</param>
    /// <param name="mark">The mark, not 0.</param>
    /// <param name="marks">Receives the mark at each pixel of the component.</param>
    /// <param name="queue">Empty; reused from call to call.</param>
    /// <param name="corners">Whether pixels that share only a corner are connected.</param>
    /// <returns>The number of pixels of the component.</returns>
    public static int Fill(ReadOnlySpan<byte> mask, int columns, int start, int mark, int[] marks, Stack<int> queue, bool corners)
    {
        int count = 0;
        byte value = mask[start];
        int rows = mask.Length / columns;
        marks[start] = mark;
        queue.Push(start);
        while (queue.TryPop(out int pixel))
        {
            count++;
            (int y, int x) = Math.DivRem(pixel, columns);
            for (int row = Math.Max(0, y - 1); row <= Math.Min(rows - 1, y + 1); row++)
            {
                for (int column = Math.Max(0, x - 1); column <= Math.Min(columns - 1, x + 1); column++)
                {
                    int next = (row * columns) + column;
                    if ((corners || row == y || column == x) && mask[next] == value && marks[next] == 0)
                    {
                        marks[next] = mark;
                        queue.Push(next);
                    }
                }
            }
        }

        return count;
    }
}
