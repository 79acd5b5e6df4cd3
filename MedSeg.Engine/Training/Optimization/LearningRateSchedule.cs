namespace MedSeg.Training.Optimization;

/// <summary>How the learning rate changes over the epochs.</summary>
public enum LearningRateSchedule
{
    /// <summary>The published one: a tenth from each DecayEpoch epochs on.</summary>
    Step,

    /// <summary>The same in all epochs.</summary>
    Constant,

    /// <summary>Falls to zero as (1 − epoch / epochs) to the power of 0.9 (Chen et al. 2018).</summary>
    Polynomial,

    /// <summary>Falls to zero along half a cosine (Loshchilov and Hutter 2017).</summary>
    Cosine,
}
