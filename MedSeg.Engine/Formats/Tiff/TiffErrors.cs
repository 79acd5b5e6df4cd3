using System.Globalization;
using BitMiracle.LibTiff.Classic;
using LibTiff = BitMiracle.LibTiff.Classic.Tiff;

namespace MedSeg.Formats.Tiff;

/// <summary>
/// Makes exceptions of the errors that LibTiff.NET would print and pass over: a mask with a damaged strip is no mask.
/// What others do with the library in the same process stays as it is.
/// </summary>
internal sealed class TiffErrors : TiffErrorHandler
{
    [ThreadStatic]
    private static bool s_isOurs;

    private static readonly object s_gate = new();
    private static bool s_isSet;

    private TiffErrors()
    {
    }

    /// <summary>Runs a piece of decoding on this thread, in which each error is an exception.</summary>
    /// <param name="decode">The piece.</param>
    public static void Run(Action decode)
    {
        lock (s_gate)
        {
            if (!s_isSet)
            {
                LibTiff.SetErrorHandler(new TiffErrors());
                s_isSet = true;
            }
        }

        s_isOurs = true;
        try
        {
            decode();
        }
        finally
        {
            s_isOurs = false;
        }
    }

    /// <inheritdoc/>
    public override void ErrorHandler(LibTiff tif, string method, string format, params object[] args)
    {
        if (s_isOurs)
        {
            throw new InvalidDataException(args is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, format, args) : format);
        }

        base.ErrorHandler(tif, method, format, args);
    }

    /// <inheritdoc/>
    public override void WarningHandler(LibTiff tif, string method, string format, params object[] args)
    {
        if (!s_isOurs)
        {
            base.WarningHandler(tif, method, format, args);
        }
    }
}
