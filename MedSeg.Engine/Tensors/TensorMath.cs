using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Tensors;

/// <summary>
/// Tensor arithmetic that keeps its scalars alive during the native call. TorchSharp passes a scalar to native code as the address of an
/// object that nothing else references: if it is temporary, as in <c>x * 2</c>, or as the factor of y in <c>x + y</c>, the garbage
/// collector may free it during the call, which then computes with invalid memory. This was seen about once in a thousand calls with a
/// busy collector, mostly without an error. Training, losses and inference use these methods, and no operators except products of two
/// tensors.
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
        using Scalar scalar = number.ToScalar();
        return x.add(scalar, s_one);
    }

    /// <summary>Subtracts a tensor.</summary>
    public static Tensor Minus(this Tensor x, Tensor y) => x.add(y, s_minusOne);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor Times(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul(scalar);
    }

    /// <summary>Divides by a number.</summary>
    public static Tensor DividedBy(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.div(scalar);
    }

    /// <summary>Sets all values to a number.</summary>
    public static Tensor Fill(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.fill_(scalar);
    }

    /// <summary>Adds a number in place.</summary>
    public static Tensor PlusInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.add_(scalar, s_one);
    }

    /// <summary>Adds a multiple of a tensor in place.</summary>
    public static Tensor PlusInPlace(this Tensor x, Tensor y, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return x.add_(y, scalar);
    }

    /// <summary>Multiplies by a number in place.</summary>
    public static Tensor TimesInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.mul_(scalar);
    }

    /// <summary>Divides by a number in place.</summary>
    public static Tensor DividedInPlace(this Tensor x, double number)
    {
        using Scalar scalar = number.ToScalar();
        return x.div_(scalar);
    }

    /// <summary>Adds a multiple of a product in place.</summary>
    public static Tensor PlusProductInPlace(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return x.addcmul_(y, z, scalar);
    }

    /// <summary>Adds a multiple of a quotient in place.</summary>
    public static Tensor PlusQuotientInPlace(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return x.addcdiv_(y, z, scalar);
    }

    /// <summary>Replaces smaller values by a minimum.</summary>
    public static Tensor AtLeast(this Tensor x, double minimum)
    {
        using Scalar scalar = minimum.ToScalar();
        return x.clamp_min(scalar);
    }

    /// <summary>Replaces larger values by a maximum.</summary>
    public static Tensor AtMost(this Tensor x, double maximum)
    {
        using Scalar scalar = maximum.ToScalar();
        return x.clamp_max(scalar);
    }

    /// <summary>Creates consecutive integers directly on a device, without a copy.</summary>
    /// <param name="first">The first integer.</param>
    /// <param name="count">The number of integers.</param>
    /// <param name="type">The data type.</param>
    /// <param name="device">The device.</param>
    /// <returns>The integers, [count].</returns>
    public static Tensor Numbers(int first, int count, ScalarType type, Device device)
    {
        using Scalar begin = first.ToScalar();
        using Scalar end = (first + count).ToScalar();
        return arange(begin, end, s_one, dtype: type, device: device);
    }
}
