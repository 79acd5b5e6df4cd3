using System.Runtime.CompilerServices;

namespace MedSeg.Network.Cpu;

/// <summary>Images of float32.</summary>
internal readonly unsafe struct Float32Format : IImageFormat
{
    /// <inheritdoc/>
    public static int Size => sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TLanes, TVector>(byte* from)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        => TLanes.Load((float*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes, TVector>(TVector value, byte* to)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        => TLanes.Store(value, (float*)to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* from) => *(float*)from;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOne(float value, byte* to) => *(float*)to = value;
}
