using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MedSeg.Distributed;

namespace MedSeg.Network.Cpu;

/// <summary>Images of bfloat16, which take half the memory. Values are rounded to the nearest, ties to even; NaN stays NaN.</summary>
internal readonly unsafe struct BFloat16Format : IImageFormat
{
    private const int Shift = 16;
    private const uint Half = 0x7FFF;
    private const uint QuietNaN = 0x00400000;

    /// <inheritdoc/>
    public static int Size => sizeof(ushort);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TLanes, TVector>(byte* from)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        => TLanes.LoadNarrow((ushort*)from);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TLanes, TVector>(TVector value, byte* to)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        => TLanes.StoreNarrow(value, (ushort*)to);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(byte* from) => BitConverter.UInt32BitsToSingle((uint)*(ushort*)from << Shift);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreOne(float value, byte* to) => *(ushort*)to = (ushort)(BFloat16Numbers.Round(BitConverter.SingleToUInt32Bits(value)) >> Shift);

    /// <summary>Reads consecutive values.</summary>
    /// <param name="from">The first value.</param>
    /// <param name="to">Receives the values.</param>
    public static void Read(byte* from, Span<float> to) => BFloat16Numbers.Unpack(new ReadOnlySpan<ushort>(from, to.Length), to);

    /// <summary>Writes consecutive values.</summary>
    /// <param name="from">The values, which are rounded.</param>
    /// <param name="to">Receives the first value.</param>
    public static void Write(Span<float> from, byte* to)
    {
        BFloat16Numbers.Round(from);
        BFloat16Numbers.Pack(from, new Span<ushort>(to, from.Length));
    }

    /// <summary>Reads four values.</summary>
    /// <param name="from">The first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load128(ushort* from) => (Vector128.WidenLower(Vector64.Load(from).ToVector128Unsafe()) << Shift).AsSingle();

    /// <summary>Reads eight values.</summary>
    /// <param name="from">The first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(ushort* from) => (Avx2.ConvertToVector256Int32(from) << Shift).AsSingle();

    /// <summary>Reads sixteen values.</summary>
    /// <param name="from">The first value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(ushort* from) => (Avx512F.ConvertToVector512UInt32(Vector256.Load(from)) << Shift).AsSingle();

    /// <summary>Writes four values.</summary>
    /// <param name="value">The values.</param>
    /// <param name="to">Receives the first one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store128(Vector128<float> value, ushort* to)
    {
        Vector128<uint> bits = value.AsUInt32();
        Vector128<uint> rounded = bits + Vector128.Create(Half) + ((bits >> Shift) & Vector128<uint>.One);
        Vector128<uint> upper = Vector128.ConditionalSelect(Vector128.Equals(value, value).AsUInt32(), rounded, bits | Vector128.Create(QuietNaN)) >> Shift;
        Vector128.Narrow(upper, upper).GetLower().Store(to);
    }

    /// <summary>Writes eight values.</summary>
    /// <param name="value">The values.</param>
    /// <param name="to">Receives the first one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store256(Vector256<float> value, ushort* to)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> rounded = bits + Vector256.Create(Half) + ((bits >> Shift) & Vector256<uint>.One);
        Vector256<int> upper = (Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, bits | Vector256.Create(QuietNaN)) >> Shift).AsInt32();
        Sse41.PackUnsignedSaturate(upper.GetLower(), upper.GetUpper()).Store(to);
    }

    /// <summary>Writes sixteen values.</summary>
    /// <param name="value">The values.</param>
    /// <param name="to">Receives the first one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store512(Vector512<float> value, ushort* to)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> rounded = bits + Vector512.Create(Half) + ((bits >> Shift) & Vector512<uint>.One);
        Vector512<uint> upper = Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, bits | Vector512.Create(QuietNaN)) >> Shift;
        Avx512F.ConvertToVector256UInt16(upper).Store(to);
    }
}
