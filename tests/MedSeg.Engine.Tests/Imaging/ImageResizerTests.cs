using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public sealed class ImageResizerTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(23)]
    [InlineData(40)]
    public void Images_are_resized_as_Pillow_does(int size)
    {
        float[] resized = ImageResizer.ResizeImage(ImagingData.Floats("resize_source.npy"), 23, 17, size, ResizeMode.Stretch);

        // Values reach 1000: this is a few units in the last place.
        Assert.All(ImagingData.Floats($"resize_{size}.npy"), (expected, i) => Assert.Equal(expected, resized[i], 2e-4f));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(40)]
    public void Masks_are_resized_as_Pillow_does(int size) => Assert.Equal(
        ImagingData.Mask($"nearest_{size}.npy"),
        ImageResizer.ResizeLabel(ImagingData.Mask("nearest_source.npy"), 23, 17, size, ResizeMode.Stretch));

    [Fact]
    public void Enlarging_interpolates_between_pixel_centres() => Assert.Equal(
        [0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4],
        ImageResizer.ResizeImage([0, 4], 1, 2, 4, ResizeMode.Stretch));

    [Fact]
    public void Padding_keeps_the_shape_and_has_the_least_value() => Assert.Equal(
        [-3, -3, -3, -3, -2, 0, 1, 5, -3, 7, 7, 7, -3, -3, -3, -3],
        ImageResizer.ResizeImage([-2, 0, 1, 5, -3, 7, 7, 7], 2, 4, 4, ResizeMode.Pad));

    [Fact]
    public void Padding_of_a_mask_is_background() => Assert.Equal(
        [0, 1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 7, 8, 0],
        ImageResizer.ResizeLabel([1, 2, 3, 4, 5, 6, 7, 8], 4, 2, 4, ResizeMode.Pad));

    [Theory]
    [InlineData(512, 256, 256, 0, 64, 256, 128)]
    [InlineData(3, 1000, 256, 127, 0, 1, 256)]
    [InlineData(10, 10, 16, 0, 0, 16, 16)]
    [InlineData(9, 10, 16, 1, 0, 14, 16)]
    public void Padded_images_are_centred(int rows, int columns, int size, int top, int left, int insideRows, int insideColumns) => Assert.Equal(
        new ResizeGeometry(top, left, insideRows, insideColumns), ResizeGeometry.Of(rows, columns, size, ResizeMode.Pad));

    [Property(MaxTest = 200)]
    public Property A_resized_image_keeps_to_the_range_of_its_source() => Prop.ForAll(ImageGenerator.Images().ToArbitrary(), Sizes(), (image, size) =>
    {
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            float[] resized = ImageResizer.ResizeImage(image.Pixels, image.Rows, image.Columns, size, mode);
            Assert.Equal(size * size, resized.Length);
            Assert.InRange(resized.Min(), image.Pixels.Min(), image.Pixels.Max());
            Assert.InRange(resized.Max(), image.Pixels.Min(), image.Pixels.Max());
        }
    });

    [Property(MaxTest = 200)]
    public Property A_constant_image_stays_constant() => Prop.ForAll(ImageGenerator.Images().ToArbitrary(), Sizes(), (image, size) =>
    {
        Array.Fill(image.Pixels, image.Pixels[0]);
        Assert.All(
            ImageResizer.ResizeImage(image.Pixels, image.Rows, image.Columns, size, ResizeMode.Stretch),
            value => Assert.Equal(image.Pixels[0], value));
    });

    [Property(MaxTest = 200)]
    public Property A_resized_mask_holds_no_new_value() => Prop.ForAll(ImageGenerator.Masks().ToArbitrary(), Sizes(), (mask, size) =>
    {
        Assert.Subset(new HashSet<byte>(mask.Roi), new HashSet<byte>(ImageResizer.ResizeLabel(mask.Roi, mask.Rows, mask.Columns, size, ResizeMode.Stretch)));
        Assert.Subset(new HashSet<byte>([.. mask.Roi, 0]), new HashSet<byte>(ImageResizer.ResizeLabel(mask.Roi, mask.Rows, mask.Columns, size, ResizeMode.Pad)));
    });

    [Property(MaxTest = 200)]
    public Property A_mask_that_was_enlarged_comes_back_the_same() => Prop.ForAll(ImageGenerator.Masks().ToArbitrary(), mask =>
    {
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            int size = 3 * Math.Max(mask.Rows, mask.Columns);
            byte[] resized = ImageResizer.ResizeLabel(mask.Roi, mask.Rows, mask.Columns, size, mode);
            Assert.Equal(mask.Roi, ImageResizer.RestoreLabel(resized, size, mask.Rows, mask.Columns, mode));
        }
    });

    [Theory]
    [InlineData(ResizeMode.Stretch, true)]
    [InlineData(ResizeMode.Stretch, false)]
    [InlineData(ResizeMode.Pad, true)]
    [InlineData(ResizeMode.Pad, false)]
    public void A_mask_lies_where_its_image_lies(ResizeMode mode, bool edgeBetweenRows)
    {
        byte[] roi = new byte[40 * 30];
        for (int i = 0; i < roi.Length; i++)
        {
            roi[i] = (byte)((edgeBetweenRows ? i / 30 >= 20 : i % 30 >= 10) ? 1 : 0);
        }

        float[] image = ImageResizer.ResizeImage(Array.ConvertAll(roi, v => (float)v), 40, 30, 64, mode);
        byte[] mask = ImageResizer.ResizeLabel(roi, 40, 30, 64, mode);

        // On the edge itself the smooth value is a half, but for rounding: either is right there.
        Assert.All(mask, (value, i) => Assert.InRange(image[i], value == 1 ? 0.4999f : 0, value == 1 ? 1 : 0.5001f));
    }

    [Fact]
    public void Two_hundred_slices_take_seconds_at_most()
    {
        float[] slice = new float[320 * 320];
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < 200; i++)
        {
            ImageResizer.ResizeImage(slice, 320, 320, 256, ResizeMode.Stretch);
        }

        // Far above what it takes: this is to catch a change of order, on a busy machine too.
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalSeconds:0.00} s");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ImageResizer.ResizeImage([1, 2, 3], 2, 2, 4, ResizeMode.Stretch));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.ResizeImage([1], 1, 1, 0, ResizeMode.Stretch));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.ResizeLabel([1], 1, 1, 99999, ResizeMode.Pad));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.ResizeLabel([1], 1, 1, 4, (ResizeMode)9));
    }

    private static Arbitrary<int> Sizes() => Gen.Choose(1, 40).ToArbitrary();
}
