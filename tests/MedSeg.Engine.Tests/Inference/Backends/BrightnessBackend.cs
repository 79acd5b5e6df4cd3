using MedSeg.Inference.Backends;

namespace MedSeg.Tests.Inference.Backends;

/// <summary>Takes what is brighter than three quarters for ROI 2, than a quarter for ROI 1, with the probability 0.9.</summary>
internal sealed class BrightnessBackend(int size) : ISegmentationBackend
{
    public int LargestBatch { get; private set; }

    public void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities)
    {
        LargestBatch = Math.Max(LargestBatch, count);
        int plane = size * size;
        for (int i = 0; i < count * plane; i++)
        {
            int roi = images[i] > 0.75f ? 2 : images[i] > 0.25f ? 1 : 0;
            for (int channel = 0; channel < 3; channel++)
            {
                probabilities[(((i / plane * 3) + channel) * plane) + (i % plane)] = channel == roi ? 0.9f : 0.05f;
            }
        }
    }

    public void Dispose()
    {
    }
}
