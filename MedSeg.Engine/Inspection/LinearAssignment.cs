namespace MedSeg.Inspection;

/// <summary>Assigns each row a column of its own so that the sum of the costs is minimal (Kuhn 1955; by shortest augmenting paths, Jonker and Volgenant 1987).</summary>
internal static class LinearAssignment
{
    /// <summary>Solves the assignment problem.</summary>
    /// <param name="costs">The finite costs, [rows, columns], with at least as many columns as rows.</param>
    /// <returns>The column of each row.</returns>
    public static int[] Solve(double[,] costs)
    {
        int rows = costs.GetLength(0);
        int columns = costs.GetLength(1);
        double[] rowPrices = new double[rows + 1];
        double[] columnPrices = new double[columns + 1];

        // Row 0 and column 0 mean none.
        int[] rowOf = new int[columns + 1];
        for (int row = 1; row <= rows; row++)
        {
            Augment(costs, row, rowPrices, columnPrices, rowOf);
        }

        int[] result = new int[rows];
        for (int column = 1; column <= columns; column++)
        {
            if (rowOf[column] > 0)
            {
                result[rowOf[column] - 1] = column - 1;
            }
        }

        return result;
    }

    private static void Augment(double[,] costs, int row, double[] rowPrices, double[] columnPrices, int[] rowOf)
    {
        int columns = rowOf.Length - 1;
        double[] slack = new double[columns + 1];
        Array.Fill(slack, double.PositiveInfinity);
        int[] from = new int[columns + 1];
        bool[] isReached = new bool[columns + 1];
        rowOf[0] = row;
        int column = 0;
        do
        {
            isReached[column] = true;
            int next = 0;
            double step = double.PositiveInfinity;
            for (int j = 1; j <= columns; j++)
            {
                if (isReached[j])
                {
                    continue;
                }

                double reduced = costs[rowOf[column] - 1, j - 1] - rowPrices[rowOf[column]] - columnPrices[j];
                if (reduced < slack[j])
                {
                    slack[j] = reduced;
                    from[j] = column;
                }

                if (slack[j] < step)
                {
                    step = slack[j];
                    next = j;
                }
            }

            for (int j = 0; j <= columns; j++)
            {
                if (isReached[j])
                {
                    rowPrices[rowOf[j]] += step;
                    columnPrices[j] -= step;
                }
                else
                {
                    slack[j] -= step;
                }
            }

            column = next;
        }
        while (rowOf[column] != 0);

        while (column != 0)
        {
            rowOf[column] = rowOf[from[column]];
            column = from[column];
        }
    }
}
