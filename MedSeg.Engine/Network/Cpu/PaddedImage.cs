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

    private PaddedImage(ChannelsLastView image, (int Top, int Bottom, int Left, int Right) border)
    {
        int height = border.Top + image.Height + border.Bottom;
        int width = border.Left + image.Width + border.Right;
        int channels = image.Channels;
        _memory = ScratchMemory.Rent(image.Images * (long)height * width * channels);
        float* start = _memory.Start;
        CpuParallel.For(image.Images * height, image.Images * (long)height * width * channels, index =>
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
            CopyRow(image.Start + ((((long)(index / height) * image.Height) + inside) * image.Width * image.Stride), image, row.Slice(border.Left * channels, image.Width * channels));
        });
        Source = new PixelSource(start + (((border.Top * (long)width) + border.Left) * channels), height, width, channels, isPadded: true);
    }

    /// <summary>Gets where the pixels are.</summary>
    public PixelSource Source { get; }

    /// <summary>Copies the image of convolutions if many of their tiles have taps outside of it.</summary>
    /// <param name="jobs">Convolutions of one image, of the same size.</param>
    /// <returns>The copy; null if it is not worth it.</returns>
    public static PaddedImage? CopyIfManyAreOutside(DirectConvolution[] jobs)
    {
        if (jobs.Min(InsideShare) >= LeastInside)
        {
            return null;
        }

        ChannelsLastView image = jobs[0].From;
        return new PaddedImage(image, (
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

    private static void CopyRow(float* from, ChannelsLastView image, Span<float> to)
    {
        if (image.IsDense)
        {
            new ReadOnlySpan<float>(from, to.Length).CopyTo(to);
            return;
        }

        for (int column = 0; column < image.Width; column++, from += image.Stride)
        {
            new ReadOnlySpan<float>(from, image.Channels).CopyTo(to.Slice(column * image.Channels, image.Channels));
        }
    }
}
