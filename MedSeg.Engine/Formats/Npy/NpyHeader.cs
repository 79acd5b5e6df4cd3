using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;

namespace MedSeg.Formats.Npy;

/// <summary>The header of a .npy file (NumPy Enhancement Proposal 1, format versions 1.0, 2.0 and 3.0).</summary>
/// <param name="Type">The element type: b (boolean), i, u (integers) or f (floating point).</param>
/// <param name="ItemSize">The size of an element, in bytes.</param>
/// <param name="BigEndian">Whether the most significant byte comes first.</param>
/// <param name="FortranOrder">Whether the first axis varies fastest.</param>
/// <param name="Shape">The length of each axis.</param>
/// <param name="DataOffset">The byte at which the elements begin.</param>
internal sealed record NpyHeader(char Type, int ItemSize, bool BigEndian, bool FortranOrder, long[] Shape, int DataOffset)
{
    /// <summary>The advice for arrays that are not label masks.</summary>
    public const string SaveAdvice = "Save the labels with np.save(path, labels.astype(np.uint8)).";

    /// <summary>Gets the magic bytes of the format.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Parses the header and checks that the size of the data matches it.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The header.</returns>
    /// <exception cref="FileFormatException">
    /// <c>NotNpy</c>, <c>NpyInvalid</c>, <c>NpyTruncated</c> or <c>NpyUnsupported</c>.
    /// </exception>
    public static NpyHeader Parse(ReadOnlySpan<byte> content, string path)
    {
        if (!content.StartsWith(Magic))
        {
            throw new FileFormatException(ErrorIds.NotNpy, path, "This is not a NumPy .npy file.", 0) { Advice = SaveAdvice };
        }

        (int textOffset, int dataOffset, Encoding encoding) = Locate(content, path);
        string text = encoding.GetString(content[textOffset..dataOffset]);
        NpyHeaderText fields = NpyHeaderText.Parse(text, path);
        (char type, int itemSize, bool bigEndian) = ParseType(fields.Descr, path);
        var header = new NpyHeader(type, itemSize, bigEndian, fields.FortranOrder, fields.Shape, dataOffset);
        header.CheckLength(content.Length - dataOffset, path);
        return header;
    }

    private static (int TextOffset, int DataOffset, Encoding Encoding) Locate(ReadOnlySpan<byte> content, string path)
    {
        int major = content.Length > 6 ? content[6] : 1;
        if (major is < 1 or > 3)
        {
            throw new FileFormatException(ErrorIds.NpyUnsupported, path, $"The file has .npy format version {major}; versions 1 to 3 are supported.", 6);
        }

        int textOffset = major == 1 ? 10 : 12;
        if (content.Length < textOffset)
        {
            throw Truncated(path, content.Length);
        }

        long length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(content[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(content[8..]);
        if (length > content.Length - textOffset)
        {
            throw Truncated(path, content.Length);
        }

        return (textOffset, textOffset + (int)length, major == 3 ? Encoding.UTF8 : Encoding.Latin1);
    }

    private static FileFormatException Truncated(string path, long offset) =>
        new(ErrorIds.NpyTruncated, path, "The file ends within its header.", offset) { Advice = ImageFile.DamagedAdvice };

    private static (char Type, int ItemSize, bool BigEndian) ParseType(string descr, string path)
    {
        ReadOnlySpan<char> text = descr;
        char order = '=';
        if (text.Length > 0 && text[0] is '<' or '>' or '|' or '=')
        {
            order = text[0];
            text = text[1..];
        }

        string type = text.ToString();
        if (type.StartsWith('O'))
        {
            throw new FileFormatException(ErrorIds.NpyUnsupported, path, "The array holds Python objects, which only Python can read.") { Advice = SaveAdvice };
        }

        if (type is not ("b1" or "i1" or "i2" or "i4" or "i8" or "u1" or "u2" or "u4" or "u8" or "f2" or "f4" or "f8"))
        {
            throw new FileFormatException(
                ErrorIds.NpyUnsupported, path, $"The array has the element type '{descr}'; boolean, integer and floating-point types up to 64 bits are supported.")
            {
                Advice = SaveAdvice,
            };
        }

        int itemSize = type[1] - '0';
        if (order == '|' && itemSize > 1)
        {
            throw new FileFormatException(ErrorIds.NpyInvalid, path, $"The element type '{descr}' does not state its byte order.");
        }

        return (type[0], itemSize, order == '>');
    }

    private void CheckLength(long present, string path)
    {
        // In floating point first: the product of the numbers in a damaged header can overflow 64 bits.
        double estimate = ItemSize;
        long expected = ItemSize;
        foreach (long length in Shape)
        {
            estimate *= length;
            expected = unchecked(expected * length);
        }

        if (estimate > present + 0.5)
        {
            throw new FileFormatException(
                ErrorIds.NpyTruncated,
                path,
                $"The header states the shape ({string.Join(", ", Shape)}), which takes {estimate:N0} bytes, but only {present:N0} follow.",
                DataOffset + present)
            {
                Advice = ImageFile.DamagedAdvice,
            };
        }

        if (expected != present)
        {
            throw new FileFormatException(
                ErrorIds.NpyInvalid,
                path,
                $"The header states the shape ({string.Join(", ", Shape)}), which takes {expected:N0} bytes, but {present:N0} follow.",
                DataOffset + expected)
            {
                Advice = "Save the file again, with a single array.",
            };
        }
    }
}
