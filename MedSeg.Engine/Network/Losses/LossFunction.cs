namespace MedSeg.Network.Losses;

/// <summary>What training minimises; each is the sum over both stages.</summary>
public enum LossFunction
{
    /// <summary>The published loss: 1 − Dice of each slice and ROI (Milletari et al. 2016). An ROI that a slice lacks gives no gradient.</summary>
    Dice,

    /// <summary>1 − Dice of each ROI over all slices of the batch together: what is found in a slice that lacks the ROI is punished.</summary>
    BatchDice,

    /// <summary>The published Dice loss and cross-entropy over all pixels, background included (Isensee et al. 2021): steadier at the start, and false positives are punished everywhere.</summary>
    DiceCrossEntropy,

    /// <summary><see cref="BatchDice"/> and cross-entropy.</summary>
    BatchDiceCrossEntropy,
}
