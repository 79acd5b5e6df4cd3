using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Data.Caching;

/// <summary>
/// Where an import puts decoded samples, and where it finds those of earlier imports. Members that take a pair may be
/// called by several threads at once, for different pairs.
/// </summary>
internal interface ISampleStore : IDisposable
{
    /// <summary>Finds the images that the store holds and that have not changed, so that they need not be opened to see that they are images.</summary>
    /// <param name="events">Receives progress, from several threads; may be null.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>Their absolute paths.</returns>
    IReadOnlySet<string> FindKnownImages(EngineEvents? events, CancellationToken cancellationToken);

    /// <summary>Makes sure that samples can be added, before any work is done.</summary>
    /// <exception cref="MedSegException">The store cannot be written.</exception>
    void Prepare();

    /// <summary>Returns the stored samples of a pair.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="roiCount">The number of ROIs; null while it is not known.</param>
    /// <returns>The samples; null if there are none, their files have changed, or they were decoded for another number of ROIs.</returns>
    IReadOnlyList<Sample>? TryGet(SamplePair pair, int? roiCount);

    /// <summary>Returns whether the pair is stored, and could not be decoded without the number of ROIs when it was added.</summary>
    /// <param name="pair">The pair.</param>
    bool NeedsRoiCount(SamplePair pair);

    /// <summary>Records the state of the pair's files before they are decoded: if it changes meanwhile, the samples are not kept for later imports.</summary>
    /// <param name="pair">The pair.</param>
    void BeginDecoding(SamplePair pair);

    /// <summary>Stores the pixels of a sample.</summary>
    /// <param name="image">The normalised intensities, [C, S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="truth">The ROI numbers at the mask's own size.</param>
    /// <returns>What reads them again.</returns>
    /// <exception cref="MedSegException">The store cannot be written.</exception>
    SliceStore AddPixels(float[] image, byte[] roi, PackedMask truth);

    /// <summary>Stores the samples of a pair, whose pixels were added before.</summary>
    /// <param name="pair">The pair, for which <see cref="BeginDecoding"/> was called.</param>
    /// <param name="roiCount">The number of ROIs that they were decoded with; null if it was not known and not needed.</param>
    /// <param name="samples">The samples.</param>
    void Add(SamplePair pair, int? roiCount, IReadOnlyList<Sample> samples);

    /// <summary>Moves the samples of a pair to where later imports find them. To be called for all pairs once all are loaded.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="samples">Its samples.</param>
    /// <returns>The samples, wherever they are now; null if they were stored and are damaged, so that the pair must be decoded again.</returns>
    /// <exception cref="MedSegException">The store cannot be written.</exception>
    IReadOnlyList<Sample>? Renew(SamplePair pair, IReadOnlyList<Sample> samples);

    /// <summary>Makes what was added available to later imports.</summary>
    /// <param name="events">Receives progress; may be null.</param>
    /// <param name="cancellationToken">Stops the work: then later imports find what they would have found before this one.</param>
    /// <returns>What was taken from the store and what was decoded; null if nothing outlives the data set.</returns>
    /// <exception cref="MedSegException">The store cannot be written.</exception>
    CacheReport? Complete(EngineEvents? events, CancellationToken cancellationToken);
}
