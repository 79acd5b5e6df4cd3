using MedSeg.Devices;
using MedSeg.Errors;

namespace MedSeg.Tests.Devices;

/// <summary>The environment variable MEDSEG_CONVOLUTIONS.</summary>
public class CpuFeaturesTests
{
    [Theory]
    [InlineData(null, true, "Auto")]
    [InlineData("", true, "Auto")]
    [InlineData(null, false, "Torch")]
    [InlineData("Auto", false, "Torch")]
    [InlineData("direct", true, "Direct")]
    [InlineData(" Winograd ", true, "Winograd")]
    [InlineData("TORCH", true, "Torch")]
    [InlineData("Torch", false, "Torch")]
    public void Path_is_the_one_that_the_variable_names_or_the_usual_one(string? text, bool hasOwn, string path) =>
        Assert.Equal(path, CpuFeatures.Choose(text, hasOwn).ToString());

    [Theory]
    [InlineData("Fast", true, ErrorIds.ConvolutionPathUnknown)]
    [InlineData("2", true, ErrorIds.ConvolutionPathUnknown)]
    [InlineData("Direct", false, ErrorIds.ConvolutionPathUnsupported)]
    [InlineData("Winograd", false, ErrorIds.ConvolutionPathUnsupported)]
    public void Path_that_does_not_exist_or_cannot_be_used_is_an_error(string text, bool hasOwn, string id)
    {
        MedSegException e = Assert.Throws<MedSegException>(() => CpuFeatures.Choose(text, hasOwn));

        Assert.Equal(id, e.ErrorId);
        Assert.Contains("MEDSEG_CONVOLUTIONS", e.Message);
        Assert.Contains("Torch", e.Advice);
    }
}
