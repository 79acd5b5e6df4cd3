namespace MedSeg.Network.Losses;

/// <summary>The loss that training minimises; each is the sum over both stages.</summary>
public enum LossFunction
{
    /// <summary>The published loss: 1 − Dice of each slice and ROI (Milletari et al. 2016). ROIs that are not in a slice give no gradient.</summary>
    Dice,

    /// <summary>1 − Dice of each ROI over all slices of the batch, or of a share of it, together: false positives in slices without the ROI are penalised.</summary>
    BatchDice,

    /// <summary>The published Dice loss and cross-entropy over all pixels, background included (Isensee et al. 2021): training starts more steadily, and false positives are penalised everywhere.</summary>
    DiceCrossEntropy,

    /// <summary><see cref="BatchDice"/> and cross-entropy.</summary>
    BatchDiceCrossEntropy,
}
