using MedSeg.Imaging;
using MedSeg.Pictures;
using MedSeg.Volumes;

namespace MedSeg.Tests.Pictures;

public sealed class SliceDirectionsTests
{
    [Theory]
    [InlineData("RLAP", 1.0, 0.0, 0.0, 0.0, 1.0, 0.0)]       // axial, as scanners write it
    [InlineData("LRAP", -1.0, 0.0, 0.0, 0.0, 1.0, 0.0)]      // mirrored
    [InlineData("RLPA", 1.0, 0.0, 0.0, 0.0, -1.0, 0.0)]      // prone
    [InlineData("APHF", 0.0, 1.0, 0.0, 0.0, 0.0, -1.0)]      // sagittal
    [InlineData("RLHF", 1.0, 0.0, 0.0, 0.0, 0.0, -1.0)]      // coronal
    [InlineData("RLAP", 0.8, 0.6, 0.0, -0.6, 0.8, 0.0)] // turned in its plane by 37 degrees
    public void Letters_follow_the_direction_cosines(string letters, params double[] cosines)
    {
        ImagePlane plane = ImagePlane.Of([0, 0, 0], cosines, new PixelSpacing(1, 1), 4, 4)!.Value;

        var sides = SliceDirections.Of(plane);

        Assert.Equal(letters, new string([sides.Left, sides.Right, sides.Top, sides.Bottom]));
    }
}
