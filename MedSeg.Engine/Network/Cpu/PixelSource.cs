namespace MedSeg.Network.Cpu;

/// <summary>Where the pixels of images are in memory.</summary>
/// <param name="start">The first channel of the pixel at row and column 0 of the first image.</param>
/// <param name="height">The number of rows from one image to the next.</param>
/// <param name="width">The number of pixels from one row to the next.</param>
/// <param name="stride">The number of values from one pixel to the next.</param>
/// <param name="isPadded">Whether there are zeros around the images, as many as taps reach.</param>
internal readonly unsafe struct PixelSource(float* start, int height, int width, int stride, bool isPadded)
{
    /// <summary>Initializes a new instance of the <see cref="PixelSource"/> struct for images as they are.</summary>
    /// <param name="image">The images.</param>
    public PixelSource(ChannelsLastView image)
        : this(image.Start, image.Height, image.Width, image.Stride, isPadded: false)
    {
    }

    /// <summary>Gets the number of pixels from one row to the next.</summary>
    public int Width => width;

    /// <summary>Gets the number of values from one pixel to the next.</summary>
    public int Stride => stride;

    /// <summary>Gets a value indicating whether there are zeros around the images, as many as taps reach.</summary>
    public bool IsPadded => isPadded;

    /// <summary>Returns the address of a pixel's first channel.</summary>
    /// <param name="image">The index of the image.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    public float* At(long image, int row, int column) => start + ((((image * height) + row) * width) + column) * stride;
}
