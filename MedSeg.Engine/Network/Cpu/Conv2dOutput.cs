using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>What follows the sums of a convolution: the bias, the activation, and the write to the image.</summary>
/// <param name="image">Receives the values; there may be gaps between pixels.</param>
/// <param name="bias">The bias, one value a channel; null for none.</param>
/// <param name="activation">The activation; null for none.</param>
/// <param name="added">The image to add after the activation, which may be the one that receives the values; null for none.</param>
/// <param name="rest">Receives the channels after those of the image, whose number is then a multiple of <see cref="Lanes"/>; null if there are none.</param>
internal sealed unsafe class Conv2dOutput(ChannelsLastView image, float* bias, PReluEpilogue? activation, ChannelsLastView? added, ChannelsLastView? rest = null)
{
    /// <summary>The channels of a block, and the distance between the sums of two pixels.</summary>
    public const int Lanes = PackedWeights.Width;

    private readonly byte* _start = image.Bytes;
    private readonly int _stride = image.Stride;
    private readonly int _channels = image.Channels;
    private readonly float* _bias = bias;
    private readonly float* _slopes = activation is null ? null : activation.Slopes;
    private readonly byte* _other = added is null ? null : added.Bytes;
    private readonly int _otherStride = added?.Stride ?? 0;
    private readonly int _otherSize = added?.ValueSize ?? 0;
    private readonly bool _isOtherNarrow = added?.IsNarrow ?? false;

    // Whether a single channel is added to all.
    private readonly bool _isOtherOne = added?.Channels == 1;
    private readonly DropoutMask? _mask = activation?.Mask;
    private readonly Conv2dOutput? _rest = rest is null ? null : new(rest, null, null);

    /// <summary>Initializes a new instance of the <see cref="Conv2dOutput"/> class for one image, to which the activation may add another one.</summary>
    /// <param name="image">Receives the values; there may be gaps between pixels.</param>
    /// <param name="bias">The bias, one value a channel; null for none.</param>
    /// <param name="activation">The activation; null for none.</param>
    public Conv2dOutput(ChannelsLastView image, float* bias, PReluEpilogue? activation)
        : this(image, bias, activation, activation?.Other)
    {
    }

    /// <summary>Gets the image that receives the values, or the first of two.</summary>
    public ChannelsLastView Image { get; } = image;

    /// <summary>Gets the number of channels of the convolution's result.</summary>
    public int Channels { get; } = image.Channels + (rest?.Channels ?? 0);

    /// <summary>Requests the memory of pixels that are written soon.</summary>
    /// <param name="first">The first channel of the block.</param>
    /// <param name="pixels">The index of each pixel in the image.</param>
    /// <param name="count">The number of pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int first, long* pixels, int count)
    {
        if (first >= _channels)
        {
            _rest!.Prefetch(first - _channels, pixels, count);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            Sse.Prefetch0(_start + (((pixels[i] * _stride) + first) * Image.ValueSize));
        }
    }

    /// <summary>Adds the bias, applies the activation, and stores the values.</summary>
    /// <param name="sums">The sums, [pixels, 16].</param>
    /// <param name="first">The first channel of the block.</param>
    /// <param name="pixels">The index of each pixel in the image.</param>
    /// <param name="count">The number of pixels.</param>
    public void Write(float* sums, int first, long* pixels, int count)
    {
        if (first >= _channels)
        {
            _rest!.Write(sums, first - _channels, pixels, count);
        }
        else if (Image.IsNarrow)
        {
            Write<BFloat16Format>(sums, first, pixels, count);
        }
        else
        {
            Write<Float32Format>(sums, first, pixels, count);
        }
    }

    private void Write<TFormat>(float* sums, int first, long* pixels, int count)
        where TFormat : struct, IImageFormat
    {
        const int half = Lanes / 2;
        int left = _channels - first;
        if (left < Lanes)
        {
            int whole = left / half * half;
            if (whole > 0)
            {
                WriteLanes<Avx2Lanes, Vector256<float>, TFormat>(sums, first, pixels, count);
            }

            if (left > whole)
            {
                WriteSome<TFormat>(sums + whole, first + whole, left - whole, pixels, count);
            }
        }
        else if (Avx512Lanes.IsSupported)
        {
            WriteLanes<Avx512Lanes, Vector512<float>, TFormat>(sums, first, pixels, count);
        }
        else
        {
            WriteLanes<Avx2Lanes, Vector256<float>, TFormat>(sums, first, pixels, count);
            WriteLanes<Avx2Lanes, Vector256<float>, TFormat>(sums + half, first + half, pixels, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteLanes<TLanes, TVector, TFormat>(float* sums, int first, long* pixels, int count)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        where TFormat : struct, IImageFormat
    {
        TVector bias = _bias == null ? default : TLanes.Load(_bias + first);
        TVector slopes = _slopes == null ? default : TLanes.Load(_slopes + first);
        bool rectifies = _slopes != null;
        bool drops = _mask is not null;
        DropoutMask mask = _mask.GetValueOrDefault();
        for (int i = 0; i < count; i++, sums += Lanes)
        {
            long pixel = pixels[i];
            TVector value = TLanes.Add(TLanes.Load(sums), bias);
            value = rectifies ? TLanes.Rectify(value, slopes) : value;
            if (_other != null)
            {
                byte* other = _other + (((pixel * _otherStride) + (_isOtherOne ? 0 : first)) * _otherSize);
                value = TLanes.Add(value, _isOtherOne ? TLanes.Create(_isOtherNarrow ? BFloat16Format.LoadOne(other) : Float32Format.LoadOne(other))
                    : _isOtherNarrow ? BFloat16Format.Load<TLanes, TVector>(other)
                    : Float32Format.Load<TLanes, TVector>(other));
            }

            value = drops ? TLanes.Multiply(value, TLanes.Dropout(mask, (uint)((pixel * _channels) + first))) : value;
            TFormat.Store<TLanes, TVector>(value, _start + (((pixel * _stride) + first) * TFormat.Size));
        }
    }

    // The last channels, fewer than a vector. Those beyond are computed, too, and not written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteSome<TFormat>(float* sums, int first, int outputs, long* pixels, int count)
        where TFormat : struct, IImageFormat
    {
        var part = new PixelVectors(outputs);
        Vector256<float> bias = _bias == null ? Vector256<float>.Zero : part.Load(_bias + first, 0);
        Vector256<float> slopes = _slopes == null ? Vector256<float>.Zero : part.Load(_slopes + first, 0);
        bool rectifies = _slopes != null;
        bool drops = _mask is not null;
        DropoutMask mask = _mask.GetValueOrDefault();
        for (int i = 0; i < count; i++, sums += Lanes)
        {
            long pixel = pixels[i];
            Vector256<float> value = part.Load(sums, 0) + bias;
            value = rectifies ? Avx2Lanes.Rectify(value, slopes) : value;
            if (_other != null)
            {
                byte* other = _other + (((pixel * _otherStride) + (_isOtherOne ? 0 : first)) * _otherSize);
                value += _isOtherOne ? Vector256.Create(_isOtherNarrow ? BFloat16Format.LoadOne(other) : Float32Format.LoadOne(other))
                    : _isOtherNarrow ? part.Load<BFloat16Format>(other, 0)
                    : part.Load<Float32Format>(other, 0);
            }

            value = drops ? value * Avx2Lanes.Dropout(mask, (uint)((pixel * _channels) + first)) : value;
            part.Store<TFormat>(value, _start + (((pixel * _stride) + first) * TFormat.Size), 0);
        }
    }
}
