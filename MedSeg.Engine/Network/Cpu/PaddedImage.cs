using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// A copy of images with zeros around them. Where many pixels have taps outside the image, as with a large dilation in a small image, testing each tap
/// takes as long as its products; copying the image does not.
/// </summary>
internal sealed unsafe class PaddedImage : IDisposable
{
    // With at least this share of tiles inside the image, it is read as it is.
    private const double LeastInside = 0.75;

    private readonly ScratchMemory _memory;

    private PaddedImage(ChannelsLastView image, int first, int count, (int Top, int Bottom, int Left, int Right) border)
    {
        int height = border.Top + image.Height + border.Bottom;
        int width = border.Left + image.Width + border.Right;
        int channels = image.Channels;
        _memory = ScratchMemory.Rent(count * (long)height * width * channels);
        float* start = _memory.Start;
        CpuParallel.For(count * height, count * (long)height * width * channels, index =>
        {
            var row = new Span<float>(start + ((long)index * width * channels), width * channels);
            int inside = (index % height) - border.Top;
            if (inside < 0 || inside >= image.Height)
            {
                row.Clear();
                return;
            }

            row[..(border.Left * channels)].Clear();
            row[((border.Left + image.Width) * channels)..].Clear();
            image.Read((((long)(first + (index / height)) * image.Height) + inside) * image.Width, image.Width, start + (((index * (long)width) + border.Left) * channels));
        });
        long skipped = first * (long)height * width;
        Source = new PixelSource(start + (((border.Top * (long)width) + border.Left - skipped) * channels), height, width, channels, isPadded: true);
    }

    /// <summary>Gets where the pixels of the copied images are.</summary>
    public PixelSource Source { get; }

    /// <summary>Copies the image of convolutions if many of their tiles have taps outside of it.</summary>
    /// <param name="jobs">Convolutions of one image, of the same size.</param>
    /// <returns>The copy; null if it is not worth it.</returns>
    public static PaddedImage? CopyIfManyAreOutside(DirectConvolution[] jobs)
    {
        return jobs.Min(InsideShare) >= LeastInside ? null : Copy(jobs, 0, jobs[0].From.Images);
    }

    /// <summary>Copies some of the images of convolutions, as float32.</summary>
    /// <param name="jobs">Convolutions of one image, of the same size.</param>
    /// <param name="first">The first image.</param>
    /// <param name="count">The number of images.</param>
    public static PaddedImage Copy(DirectConvolution[] jobs, int first, int count)
    {
        ChannelsLastView image = jobs[0].From;
        return new PaddedImage(image, first, count, (
            jobs.Max(job => Math.Max(0, -job.TapRows.Min())),
            jobs.Max(job => Math.Max(0, ((job.Rows - 1) * job.Step) + job.TapRows.Max() + 1 - image.Height)),
            jobs.Max(job => Math.Max(0, -job.TapColumns.Min())),
            jobs.Max(job => Math.Max(0, ((job.Columns - 1) * job.Step) + job.TapColumns.Max() + 1 - image.Width))));
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static double InsideShare(DirectConvolution job)
    {
        (int top, int bottom, int left, int right) = job.FindInside();
        if ((top, bottom, left, right) == (0, job.Rows, 0, job.Columns))
        {
            return 1;
        }

        return (bottom - top) / (double)job.Rows * Math.Max(0, right - left - Avx2Conv2d.TilePixels + 1) / job.Columns;
    }
}
