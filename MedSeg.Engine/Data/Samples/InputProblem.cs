using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Samples;

/// <summary>Why an image cannot become an input of the network.</summary>
/// <param name="ErrorId">The stable identifier.</param>
/// <param name="Finding">What was found, a whole sentence without the file's path.</param>
/// <param name="Advice">What to do.</param>
internal sealed record InputProblem(string ErrorId, string Finding, string Advice)
{
    /// <summary>Checks an image before it is normalised.</summary>
    /// <param name="image">The image.</param>
    /// <param name="preprocessing">How it will be prepared.</param>
    /// <param name="geometry">Receives where it will be in the input, if it can be used.</param>
    /// <returns>The problem; null where the image can be used.</returns>
    public static InputProblem? Find(ImageSlice image, Preprocessing preprocessing, out ResizeGeometry geometry)
    {
        geometry = default;
        int channels = image.OtherChannels.Count + 1;
        if (channels != preprocessing.Shape.Channels)
        {
            return new(ErrorIds.ChannelMissing, $"The image has {(channels == 1 ? "1 channel" : $"{channels} channels")}, but {preprocessing.Shape.Channels} {(preprocessing.Shape.Channels == 1 ? "is" : "are")} expected.", "Name the channels with -Channel, or use images with as many channels.");
        }

        if (Enumerable.Range(0, image.OtherChannels.Count).Select(i => FindInChannel(image.OtherChannels[i], preprocessing, i + 1)).FirstOrDefault(problem => problem is not null) is { } ofOther)
        {
            return ofOther;
        }

        if (FindInChannel(image, preprocessing, 0) is { } found)
        {
            return found;
        }

        try
        {
            geometry = preprocessing.Geometry(image.Rows, image.Columns, image.Spacing);
            return null;
        }
        catch (MedSegException e)
        {
            return new(e.ErrorId, e.Finding, e.Advice!);
        }
    }

    private static InputProblem? FindInChannel(ImageSlice image, Preprocessing preprocessing, int channel)
    {
        string which = channel < preprocessing.Channels.Count ? $"The channel '{preprocessing.Channels[channel].Name}' of the image" : "The image";
        if (!IntensityNormalizer.IsFinite(image.Pixels))
        {
            return new(ErrorIds.ImageNotFinite, $"{which} has values that are NaN or infinite.", image.IsDicom ? "Check its Rescale Slope (0028,1053) and Rescale Intercept (0028,1052)." : "Save it again without them.");
        }

        if (preprocessing.Normalization == Normalization.Window && image.Window is null)
        {
            return new(ErrorIds.WindowMissing, $"{which} has no usable Window Center (0028,1050) and Window Width (0028,1051).", image.IsDicom ? "Use another -Normalization, or add them to the file." : "Only DICOM files have them: use another -Normalization.");
        }

        if (channel == 0 && preprocessing.PixelSize > 0 && image.Spacing is null)
        {
            return image.IsDicom
                ? new(ErrorIds.PixelSpacingMissing, $"{which} has no Pixel Spacing (0028,0030), which -PixelSize needs.", "Add it to the file, or work without -PixelSize.")
                : new(ErrorIds.PixelSpacingMissing, $"{which} does not state its pixel spacing, which -PixelSize needs.", image.Section is null ? "Give it with -PixelSpacing, or work without -PixelSize." : "Save it with its spacing, or work without -PixelSize.");
        }

        return null;
    }
}
