namespace MedSeg.Network.Cpu;

/// <summary>Arithmetic with vectors of one width that can multiply and add at once, as convolutions require.</summary>
/// <typeparam name="TVector">The vectors.</typeparam>
internal interface IFusedLanes<TVector> : IVectorLanes<TVector>
    where TVector : struct
{
    /// <summary>Returns a b + c, rounded once.</summary>
    /// <param name="a">The first factor.</param>
    /// <param name="b">The second factor.</param>
    /// <param name="c">The summand.</param>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>Returns c − a b, rounded once.</summary>
    /// <param name="a">The first factor.</param>
    /// <param name="b">The second factor.</param>
    /// <param name="c">The minuend.</param>
    static abstract TVector MultiplyAddNegated(TVector a, TVector b, TVector c);
}
