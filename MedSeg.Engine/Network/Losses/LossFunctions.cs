namespace MedSeg.Network.Losses;

/// <summary>What losses consist of.</summary>
internal static class LossFunctions
{
    /// <summary>Returns whether the Dice of a loss is that of all slices of a batch together.</summary>
    /// <param name="function">The loss.</param>
    public static bool IsOfBatch(this LossFunction function) => function is LossFunction.BatchDice or LossFunction.BatchDiceCrossEntropy;

    /// <summary>Returns whether a loss has a term of cross-entropy.</summary>
    /// <param name="function">The loss.</param>
    public static bool HasCrossEntropy(this LossFunction function) => function is LossFunction.DiceCrossEntropy or LossFunction.BatchDiceCrossEntropy;
}
