using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Volumes;

namespace MedSeg.Composition;

/// <summary>Maps fat pixel by pixel, from the models that were fitted to measured slices. The images are read again, rather than kept in memory.</summary>
/// <param name="dataset">The images and masks.</param>
/// <param name="options">What was measured.</param>
/// <param name="fat">The Dixon fat images; or null.</param>
internal sealed class FatMapping(Dataset dataset, CompositionOptions options, DixonImages? fat)
{
    /// <summary>Maps the slices of a file.</summary>
    /// <param name="samples">The samples of the file.</param>
    /// <param name="measured">Those that were measured.</param>
    /// <param name="models">The model of each ROI of each measured slice.</param>
    public IEnumerable<FatMap> Map(Sample[] samples, MeasuredSlice[] measured, TissueModel?[][] models)
    {
        foreach ((Sample sample, ImageSlice image) in CompositionMeasure.Slices(samples, dataset, fat))
        {
            int index = Array.FindIndex(measured, slice => slice.Rois[0].Slice == sample.Name);
            if (index >= 0)
            {
                yield return new FatMap(sample.Name, image.Columns, image.Pixels, Fractions(sample, image, models[index]));
            }
        }
    }

    private float[] Fractions(Sample sample, ImageSlice image, TissueModel?[] models)
    {
        byte[] mask = sample.Pixels!.ReadTruth().Unpack();
        byte[] inner = RoiShape.Erode(mask, image.Columns, options.Erosion);
        float[]? fatPixels = fat?.Read(sample.Name, image).Pixels;
        float[] fractions = new float[mask.Length];
        Array.Fill(fractions, float.NaN);
        int index = 0;
        for (int roi = 1; roi <= dataset.LabelNames.Count; roi++)
        {
            foreach ((_, _, byte[] part) in CompositionMeasure.Sides(dataset.LabelNames[roi - 1], mask, inner, image, options))
            {
                TissueModel? model = models[index++];
                for (int at = 0; at < part.Length; at++)
                {
                    if (part[at] == roi && CompositionMeasure.IsSignal(image.Pixels[at], fatPixels?[at], options))
                    {
                        fractions[at] = fatPixels is not null ? CompositionMeasure.FatFraction(image.Pixels[at], fatPixels[at])
                            : model is not null ? (float)model.Measure([image.Pixels[at]]).Fat : float.NaN;
                    }
                }
            }
        }

        return fractions;
    }
}
