using MedSeg.Data.Samples;
using MedSeg.Inference.Backends;
using MedSeg.Threading;

namespace MedSeg.Inference;

/// <summary>
/// Test-time augmentation: averages the probabilities of several views of a slice, slightly rotated and scaled as in training. No view is
/// mirrored, because left and right are different ROIs.
/// </summary>
internal static class TestTimeAugmenter
{
    private static readonly (double Degrees, double Scale)[] s_views = [(0, 1), (-5, 1), (5, 1), (0, 0.9), (0, 1.1)];

    /// <summary>Computes the mean probabilities of all views.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="images">The slices, [B, C, S, S].</param>
    /// <param name="count">The number B of slices.</param>
    /// <param name="shape">The shape of a slice.</param>
    /// <param name="outputs">The number K + 1 of probabilities of a pixel.</param>
    /// <param name="probabilities">Receives [B, K + 1, S, S].</param>
    public static void Run(ISegmentationBackend backend, float[] images, int count, InputShape shape, int outputs, float[] probabilities)
    {
        int plane = shape.Plane;
        float[] view = new float[count * shape.Length];
        float[] predicted = new float[count * outputs * plane];
        float[] weight = new float[plane];
        Array.Clear(probabilities, 0, predicted.Length);
        foreach ((double degrees, double scale) in s_views)
        {
            var transform = new ViewTransform(degrees, scale, shape.Size);
            for (int i = 0; i < count * shape.Channels; i++)
            {
                transform.Resample(images.AsSpan(i * plane, plane), view.AsSpan(i * plane, plane));
            }

            backend.Run(view, count, predicted);
            ParallelLoop.For(count * outputs, i => transform.Inverse.AddInside(predicted.AsSpan(i * plane, plane), probabilities.AsSpan(i * plane, plane)));
            transform.Inverse.CountInside(weight);
        }

        ParallelLoop.For(count * outputs, i =>
        {
            Span<float> sum = probabilities.AsSpan(i * plane, plane);
            for (int p = 0; p < plane; p++)
            {
                sum[p] /= weight[p];
            }
        });
    }
}
