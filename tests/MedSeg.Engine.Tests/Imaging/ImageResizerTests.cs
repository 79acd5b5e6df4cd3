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
        float[] resized = ImageResizer.ResizeImage(ImagingData.Floats("resize_source.npy"), ResizeGeometry.Of(23, 17, size, ResizeMode.Stretch));

        // Values reach 1000: this is a few units in the last place.
        Assert.All(ImagingData.Floats($"resize_{size}.npy"), (expected, i) => Assert.Equal(expected, resized[i], 2e-4f));
    }

    [Fact]
    public void Enlarging_interpolates_between_pixel_centres() => Assert.Equal(
        [0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4],
        ImageResizer.ResizeImage([0, 4], ResizeGeometry.Of(1, 2, 4, ResizeMode.Stretch)));

    [Fact]
    public void Padding_keeps_the_shape_and_has_the_least_value() => Assert.Equal(
        [-3, -3, -3, -3, -2, 0, 1, 5, -3, 7, 7, 7, -3, -3, -3, -3],
        ImageResizer.ResizeImage([-2, 0, 1, 5, -3, 7, 7, 7], ResizeGeometry.Of(2, 4, 4, ResizeMode.Pad)));

    [Property(MaxTest = 200)]
    public Property A_resized_image_keeps_to_the_range_of_its_source() => Prop.ForAll(ImageGenerator.Images().ToArbitrary(), Sizes(), (image, size) =>
    {
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            float[] resized = ImageResizer.ResizeImage(image.Pixels, ResizeGeometry.Of(image.Rows, image.Columns, size, mode));
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
            ImageResizer.ResizeImage(image.Pixels, ResizeGeometry.Of(image.Rows, image.Columns, size, ResizeMode.Stretch)),
            value => Assert.Equal(image.Pixels[0], value));
    });

    [Fact]
    public void Two_hundred_slices_take_seconds_at_most()
    {
        float[] slice = new float[320 * 320];
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < 200; i++)
        {
            ImageResizer.ResizeImage(slice, ResizeGeometry.Of(320, 320, 256, ResizeMode.Stretch));
        }

        // Far above what it takes: this is to catch a change of order, on a busy machine too.
        TestContext.Current.TestOutputHelper?.WriteLine($"{watch.Elapsed.TotalSeconds:0.00} s");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ImageResizer.ResizeImage([1, 2, 3], ResizeGeometry.Of(2, 2, 4, ResizeMode.Stretch)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.ResizeImage([1], ResizeGeometry.Of(1, 1, 0, ResizeMode.Stretch)));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelResizer.Resize([1], ResizeGeometry.Of(1, 1, 99999, ResizeMode.Pad), LabelResampling.Nearest));
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelResizer.Resize([1], ResizeGeometry.Of(1, 1, 4, (ResizeMode)9), LabelResampling.Nearest));
    }

    [Fact]
    public void Image_larger_than_the_square_is_cropped_in_the_middle()
    {
        float[] image = [.. Enumerable.Range(0, 6 * 7).Select(i => (float)i)];

        float[] cropped = ImageResizer.ResizeImage(image, ResizeGeometry.Of(6, 7, 4, 1, new PixelSpacing(1, 1)));

        // 3 columns less: 2 on the left, where the offset is rounded down, and 1 on the right.
        Assert.Equal([9, 10, 11, 12, 16, 17, 18, 19, 23, 24, 25, 26, 30, 31, 32, 33], cropped);
    }

    private static Arbitrary<int> Sizes() => Gen.Choose(1, 40).ToArbitrary();
}
