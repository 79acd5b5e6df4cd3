using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using MedSeg.Errors;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.ImageJ;

/// <summary>
/// Decodes ROIs of ImageJ (the format of ij.io.RoiDecoder). Their coordinates are of the corners of pixels: the first pixel reaches from 0 to 1,
/// and its centre is at 0.5.
/// </summary>
internal static partial class ImageJRoi
{
    /// <summary>The label of ROIs without a name: ImageJ names them after their position.</summary>
    public const string Unnamed = "ROI";

    private const int HeaderLength = 64;
    private const int SubPixel = 128;
    private const int FirstSubPixelVersion = 222;

    /// <summary>Checks the first bytes for the signature of an ROI.</summary>
    /// <param name="content">The first bytes.</param>
    public static bool Is(ReadOnlySpan<byte> content) => content.StartsWith("Iout"u8);

    /// <summary>Decodes an ROI.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">Its name, without extension.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <returns>The outline; <see langword="null"/> for lines, points and text, which have no area.</returns>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>.</exception>
    public static Outline? Decode(ReadOnlySpan<byte> content, string name, OutlineErrors errors)
    {
        if (content.Length < HeaderLength || !Is(content))
        {
            throw errors.Invalid($"The ROI '{OutlineErrors.Clean(name, Unnamed)}' is not one of ImageJ, or is truncated.");
        }

        List<PolygonPoint[]>? rings = (content[6], Int32(content, 36)) switch
        {
            (1, > 0) => ImageJPath.Decode(content, name, errors),
            (1, _) => [Rectangle(content)],
            (2, _) => [Oval(content)],
            (0 or 7 or 8, _) => [Polygon(content, name, errors)],
            _ => null,
        };
        if (rings is null || content[48..50] is [0, 1 or 4])
        {
            return null;
        }

        bool isValid = rings.TrueForAll(ring => Array.TrueForAll(ring, point => Math.Abs(point.X) < OutlineErrors.GreatestCoordinate && Math.Abs(point.Y) < OutlineErrors.GreatestCoordinate));
        return !isValid ? throw errors.Invalid($"The ROI '{OutlineErrors.Clean(name, Unnamed)}' has coordinates that are not numbers or too large.") : new Outline(LabelOf(content, name), rings) { Slice = SliceOf(content, name) };
    }

    /// <summary>Reads a number in the byte order of ImageJ.</summary>
    /// <param name="content">The file.</param>
    /// <param name="at">Where.</param>
    internal static float Single(ReadOnlySpan<byte> content, int at) => BinaryPrimitives.ReadSingleBigEndian(content[at..]);

    private static int Int32(ReadOnlySpan<byte> content, int at) => BinaryPrimitives.ReadInt32BigEndian(content[at..]);

    private static short Int16(ReadOnlySpan<byte> content, int at) => BinaryPrimitives.ReadInt16BigEndian(content[at..]);

    private static bool IsSubPixel(ReadOnlySpan<byte> content) => (Int16(content, 50) & SubPixel) != 0 && Int16(content, 4) >= FirstSubPixelVersion;

    private static (PolygonPoint First, PolygonPoint Last) Bounds(ReadOnlySpan<byte> content)
    {
        if (IsSubPixel(content))
        {
            (float x, float y) = (Single(content, 18), Single(content, 22));
            return (new(x - 0.5, y - 0.5), new(x + Single(content, 26) - 0.5, y + Single(content, 30) - 0.5));
        }

        return (new(Int16(content, 10) - 0.5, Int16(content, 8) - 0.5), new(Int16(content, 14) - 0.5, Int16(content, 12) - 0.5));
    }

    private static PolygonPoint[] Rectangle(ReadOnlySpan<byte> content)
    {
        (PolygonPoint first, PolygonPoint last) = Bounds(content);
        return CurvePoints.Rectangle(first, last, Int16(content, 54) / 2.0);
    }

    private static PolygonPoint[] Oval(ReadOnlySpan<byte> content)
    {
        (PolygonPoint first, PolygonPoint last) = Bounds(content);
        return CurvePoints.Ellipse(new((first.X + last.X) / 2, (first.Y + last.Y) / 2), (last.X - first.X) / 2, (last.Y - first.Y) / 2);
    }

    private static PolygonPoint[] Polygon(ReadOnlySpan<byte> content, string name, OutlineErrors errors)
    {
        long count = BinaryPrimitives.ReadUInt16BigEndian(content[16..]);
        bool isSubPixel = IsSubPixel(content);

        // More points than 16 bits can count.
        count = count == 0 && !isSubPixel ? Math.Max(0, Int32(content, 18)) : count;
        long end = HeaderLength + (count * (isSubPixel ? 12 : 4));
        if (end > content.Length)
        {
            throw errors.Invalid($"The ROI '{OutlineErrors.Clean(name, Unnamed)}' should have {count:N0} points, but its file ends before the last.");
        }

        var points = new PolygonPoint[count];
        (int left, int top) = (Int16(content, 10), Int16(content, 8));
        for (int i = 0; i < points.Length; i++)
        {
            int x = HeaderLength + (isSubPixel ? 4 * (int)count : 0) + (i * (isSubPixel ? 4 : 2));
            int y = x + ((int)count * (isSubPixel ? 4 : 2));
            points[i] = isSubPixel
                ? new PolygonPoint(Single(content, x) - 0.5, Single(content, y) - 0.5)
                : new PolygonPoint(left + Math.Max((short)0, Int16(content, x)) - 0.5, top + Math.Max((short)0, Int16(content, y)) - 0.5);
        }

        return points;
    }

    // The second header has the name, the position in a stack and the group.
    private static int SecondHeader(ReadOnlySpan<byte> content) => Int32(content, 60) is var at && at >= HeaderLength && at <= content.Length - HeaderLength ? at : -1;

    private static string LabelOf(ReadOnlySpan<byte> content, string name)
    {
        string stated = name;
        int group = 0;
        if (SecondHeader(content) is >= 0 and int header)
        {
            (int at, int length) = (Int32(content, header + 16), Int32(content, header + 20));
            group = content[header + 30];
            if (length is > 0 and < 4096 && at >= HeaderLength && at <= content.Length - (2 * length))
            {
                stated = Encoding.BigEndianUnicode.GetString(content.Slice(at, 2 * length));
            }
        }

        return !DefaultName().IsMatch(stated) ? OutlineErrors.Clean(stated, Unnamed) : group > 0 ? $"Group {group}" : Unnamed;
    }

    private static int? SliceOf(ReadOnlySpan<byte> content, string name)
    {
        int position = Int32(content, 56);
        if (position <= 0 && SecondHeader(content) is >= 0 and int header)
        {
            (int z, int t) = (Int32(content, header + 8), Int32(content, header + 12));
            position = z > 0 ? z : t;
        }

        Match inName = position > 0 ? Match.Empty : DefaultName().Match(name);
        return position > 0 ? position : inName.Success && inName.Groups[2].Success ? int.Parse(inName.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    // The slice, if there is one, then the row and the column of the middle; and a number if that occurs twice.
    [GeneratedRegex(@"^(\d{4,5})-\d{4,5}(-\d{4,5})?(-\d{1,3})?$", RegexOptions.CultureInvariant)]
    private static partial Regex DefaultName();
}
