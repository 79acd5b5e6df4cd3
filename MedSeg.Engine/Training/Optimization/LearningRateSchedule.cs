namespace MedSeg.Training.Optimization;

/// <summary>A learning-rate schedule over the epochs.</summary>
public enum LearningRateSchedule
{
    /// <summary>Divided by ten after every DecayEpoch epochs, as published.</summary>
    Step,

    /// <summary>The same in every epoch.</summary>
    Constant,

    /// <summary>Falls to zero as (1 − epoch / epochs) to the power of 0.9 (Chen et al. 2018).</summary>
    Polynomial,

    /// <summary>Falls to zero along half a cosine (Loshchilov and Hutter 2017).</summary>
    Cosine,
}
