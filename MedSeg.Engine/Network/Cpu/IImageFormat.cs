namespace MedSeg.Network.Cpu;

/// <summary>How the values of images are stored, so that a kernel, which computes in float32, is written once for all formats.</summary>
internal unsafe interface IImageFormat
{
    /// <summary>Gets the number of bytes of a value.</summary>
    static abstract int Size { get; }

    /// <summary>Reads a vector.</summary>
    /// <typeparam name="TLanes">The arithmetic.</typeparam>
    /// <typeparam name="TVector">Its vectors.</typeparam>
    /// <param name="from">The first value.</param>
    static abstract TVector Load<TLanes, TVector>(byte* from)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct;

    /// <summary>Writes a vector, rounded to the format.</summary>
    /// <typeparam name="TLanes">The arithmetic.</typeparam>
    /// <typeparam name="TVector">Its vectors.</typeparam>
    /// <param name="value">The vector.</param>
    /// <param name="to">Receives the first value.</param>
    static abstract void Store<TLanes, TVector>(TVector value, byte* to)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct;

    /// <summary>Reads a value.</summary>
    /// <param name="from">The value.</param>
    static abstract float LoadOne(byte* from);

    /// <summary>Writes a value, rounded to the format.</summary>
    /// <param name="value">The value.</param>
    /// <param name="to">Receives it.</param>
    static abstract void StoreOne(float value, byte* to);
}
