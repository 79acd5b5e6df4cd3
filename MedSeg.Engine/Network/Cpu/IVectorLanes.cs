namespace MedSeg.Network.Cpu;

/// <summary>Arithmetic with vectors of one width, so that a kernel is written once for AVX2, AVX-512 and other CPUs. Each lane has the same result with both.</summary>
/// <typeparam name="TVector">The vectors.</typeparam>
internal unsafe interface IVectorLanes<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of values of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads a vector.</summary>
    /// <param name="from">The first value.</param>
    static abstract TVector Load(float* from);

    /// <summary>Writes a vector.</summary>
    /// <param name="value">The vector.</param>
    /// <param name="to">Receives the first value.</param>
    static abstract void Store(TVector value, float* to);

    /// <summary>Reads a vector of bfloat16 values.</summary>
    /// <param name="from">The first value.</param>
    static abstract TVector LoadNarrow(ushort* from);

    /// <summary>Writes a vector as bfloat16 values.</summary>
    /// <param name="value">The vector.</param>
    /// <param name="to">Receives the first value.</param>
    static abstract void StoreNarrow(TVector value, ushort* to);

    /// <summary>Returns a vector of the same values.</summary>
    /// <param name="value">The value.</param>
    static abstract TVector Create(float value);

    /// <summary>Returns a + b.</summary>
    /// <param name="a">The first vector.</param>
    /// <param name="b">The second vector.</param>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>Returns a − b.</summary>
    /// <param name="a">The first vector.</param>
    /// <param name="b">The second vector.</param>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>Returns a b.</summary>
    /// <param name="a">The first vector.</param>
    /// <param name="b">The second vector.</param>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>Returns x where it is above zero, and x slope elsewhere.</summary>
    /// <param name="x">The values.</param>
    /// <param name="slope">The slopes.</param>
    static abstract TVector Rectify(TVector x, TVector slope);

    /// <summary>Returns a value where x is above zero, and another one elsewhere.</summary>
    /// <param name="x">What is compared with zero.</param>
    /// <param name="above">The values where it is above zero.</param>
    /// <param name="other">The values elsewhere.</param>
    static abstract TVector Choose(TVector x, TVector above, TVector other);

    /// <summary>Returns the factors of dropout for consecutive values.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="index">The index of the first value.</param>
    static abstract TVector Dropout(in DropoutMask mask, uint index);
}
