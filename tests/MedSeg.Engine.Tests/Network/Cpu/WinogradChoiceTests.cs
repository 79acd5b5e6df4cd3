using MedSeg.Devices;
using MedSeg.Network.Cpu;

namespace MedSeg.Tests.Network.Cpu;

public class WinogradChoiceTests
{
    private static readonly Conv2dGeometry s_halving = new(2, 2, 0, 1);

    [Theory]
    [InlineData(256, 32, 1, true, true)]
    [InlineData(64, 64, 4, true, true)]
    [InlineData(16, 64, 1, true, true)]

    // With a large dilation in a small image, most of each tile is outside of its sub-image.
    [InlineData(64, 8, 5, false, false)]
    [InlineData(32, 4, 3, false, false)]
    [InlineData(64, 16, 5, true, false)]

    // With few channels, the transforms take longer than the products.
    [InlineData(2, 128, 1, false, false)]
    public void Faster_way_depends_on_channels_size_and_dilation(int channels, int side, int dilation, bool isForward, bool isForWeights)
    {
        var geometry = new Conv2dGeometry(3, 1, dilation, dilation);
        using ChannelsLastView image = ChannelsLastView.Empty(5, side, side, 1);

        Assert.Equal(isForward, WinogradChoice.IsChosen(ConvolutionPath.Auto, geometry, image, channels, channels));
        Assert.Equal(isForWeights, WinogradChoice.IsChosenForWeights(ConvolutionPath.Auto, geometry, image, channels, channels));
        Assert.True(WinogradChoice.IsChosen(ConvolutionPath.Winograd, geometry, image, channels, channels));
        Assert.True(WinogradChoice.IsChosenForWeights(ConvolutionPath.Winograd, geometry, image, channels, channels));
        Assert.False(WinogradChoice.IsChosen(ConvolutionPath.Direct, geometry, image, channels, channels));
        Assert.False(WinogradChoice.IsChosenForWeights(ConvolutionPath.Direct, geometry, image, channels, channels));
    }

    [Theory]
    [InlineData("Auto")]
    [InlineData("Winograd")]
    public void Convolution_of_another_form_is_never_Winograd(string path)
    {
        using ChannelsLastView image = ChannelsLastView.Empty(5, 64, 64, 1);

        Assert.False(WinogradChoice.IsChosen(Enum.Parse<ConvolutionPath>(path), s_halving, image, 128, 128));
        Assert.False(WinogradChoice.IsChosenForWeights(Enum.Parse<ConvolutionPath>(path), s_halving, image, 128, 128));
    }
}
