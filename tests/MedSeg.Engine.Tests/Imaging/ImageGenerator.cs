using FsCheck;
using FsCheck.Fluent;

namespace MedSeg.Tests.Imaging;

/// <summary>A random mask.</summary>
public sealed record RandomMask(int Rows, int Columns, byte[] Roi)
{
    public override string ToString() => $"{Rows} x {Columns}: {string.Join(" ", Roi)}";
}

/// <summary>A random image; one in three is constant.</summary>
public sealed record RandomImage(int Rows, int Columns, float[] Pixels)
{
    public override string ToString() => $"{Rows} x {Columns}: {string.Join(" ", Pixels)}";
}

internal static class ImageGenerator
{
    public static Gen<RandomMask> Masks() =>
        from rows in Gen.Choose(1, 20)
        from columns in Gen.Choose(1, 20)
        from roi in Gen.Choose(0, 255).ArrayOf(rows * columns)
        select new RandomMask(rows, columns, Array.ConvertAll(roi, v => (byte)v));

    public static Gen<RandomImage> Images() =>
        from rows in Gen.Choose(1, 20)
        from columns in Gen.Choose(1, 20)
        from scale in Gen.Elements(1e-30f, 0.01f, 1f, 1000f, 1e30f)
        from range in Gen.Elements(0, 1, 1000)
        from pixels in Gen.Choose(-range, range).ArrayOf(rows * columns)
        select new RandomImage(rows, columns, Array.ConvertAll(pixels, v => (v + 7) * scale));
}
