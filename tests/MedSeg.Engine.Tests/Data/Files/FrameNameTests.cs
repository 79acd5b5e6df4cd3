using MedSeg.Data.Files;

namespace MedSeg.Tests.Data.Files;

public static class FrameNameTests
{
    [Theory]
    [InlineData("scan", 1, 1, "scan")]
    [InlineData("scan", 1, 2, "scan_f1")]
    [InlineData("P01/scan", 9, 9, "P01/scan_f9")]
    [InlineData("scan", 9, 10, "scan_f09")]
    [InlineData("scan", 100, 100, "scan_f100")]
    public static void A_frame_is_named_by_its_number_in_digits_of_equal_length(string name, int frame, int frames, string expected) =>
        Assert.Equal(expected, FrameName.Of(name, frame, frames));

    [Fact]
    public static void Names_sort_in_the_order_of_the_frames()
    {
        string[] names = [.. Enumerable.Range(1, 120).Select(frame => FrameName.Of("scan", frame, 120))];

        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Theory]
    [InlineData("scan")]
    [InlineData("knee_f2")]
    public static void The_image_of_a_frame_is_found_from_its_name(string name) =>
        Assert.Equal(name, FrameName.ImageOf(FrameName.Of(name, 3, 12)));
}
