using System.Globalization;
using BitMiracle.LibTiff.Classic;
using LibTiff = BitMiracle.LibTiff.Classic.Tiff;

namespace MedSeg.Formats.Tiff;

/// <summary>
/// Turns the errors that LibTiff.NET would print and ignore into exceptions, so that a mask with a damaged strip is
/// refused. Other uses of the library in the same process are not affected.
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

    /// <summary>Runs an action on this thread; errors of the library within it are exceptions.</summary>
    /// <param name="decode">The action.</param>
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
