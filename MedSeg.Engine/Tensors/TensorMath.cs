using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tensors;

/// <summary>
/// Arithmetic whose numbers outlive the native call. TorchSharp hands a number to native code by the address of an object
/// that nothing holds meanwhile: where it is made in passing, as in <c>x * 2</c>, or in <c>x + y</c> for the factor of y, the
/// garbage collector may free it during the call, which then computes with rubbish. Seen about once in a thousand calls
/// where the collector was kept busy, mostly without an error. Training, losses and inference use these and no operators
/// but products of two tensors.
/// </summary>
internal static class TensorMath
{
    private static readonly Scalar s_one = 1.ToScalar();
    private static readonly Scalar s_minusOne = (-1).ToScalar();

    /// <summary>Adds two tensors.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, s_one);

    /// <summary>Adds a number.</summary>
    public static Tensor Plus(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.add(kept, s_one);
    }

    /// <summary>Takes a tensor from another.</summary>
    public static Tensor Minus(this Tensor x, Tensor y) => x.add(y, s_minusOne);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor Times(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.mul(kept);
    }

    /// <summary>Divides by a number.</summary>
    public static Tensor DividedBy(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.div(kept);
    }

    /// <summary>Sets all values to a number.</summary>
    public static Tensor Fill(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.fill_(kept);
    }

    /// <summary>Adds a number in place.</summary>
    public static Tensor PlusInPlace(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.add_(kept, s_one);
    }

    /// <summary>Adds a multiple of a tensor in place.</summary>
    public static Tensor PlusInPlace(this Tensor x, Tensor y, double factor)
    {
        using Scalar kept = factor.ToScalar();
        return x.add_(y, kept);
    }

    /// <summary>Multiplies by a number in place.</summary>
    public static Tensor TimesInPlace(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.mul_(kept);
    }

    /// <summary>Divides by a number in place.</summary>
    public static Tensor DividedInPlace(this Tensor x, double number)
    {
        using Scalar kept = number.ToScalar();
        return x.div_(kept);
    }

    /// <summary>Adds a multiple of a product in place.</summary>
    public static Tensor PlusProductInPlace(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar kept = factor.ToScalar();
        return x.addcmul_(y, z, kept);
    }

    /// <summary>Adds a multiple of a quotient in place.</summary>
    public static Tensor PlusQuotientInPlace(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar kept = factor.ToScalar();
        return x.addcdiv_(y, z, kept);
    }

    /// <summary>Limits values from below.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using Scalar kept = least.ToScalar();
        return x.clamp_min(kept);
    }

    /// <summary>Limits values from above.</summary>
    public static Tensor AtMost(this Tensor x, double most)
    {
        using Scalar kept = most.ToScalar();
        return x.clamp_max(kept);
    }

    /// <summary>Makes the whole numbers from one on, where they are to be: nothing is copied there.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="type">What they are kept as.</param>
    /// <param name="device">Where.</param>
    /// <returns>[count].</returns>
    public static Tensor Numbers(int first, int count, ScalarType type, Device device)
    {
        using Scalar begin = first.ToScalar();
        using Scalar end = (first + count).ToScalar();
        return arange(begin, end, s_one, dtype: type, device: device);
    }
}
