using MedSeg.Data.Samples;
using MedSeg.Evaluation;
using MedSeg.Imaging;

namespace MedSeg.Reports;

/// <summary>A held-out slice with the mask that a model found.</summary>
/// <param name="Sample">The slice with its drawn mask.</param>
/// <param name="Found">The mask that was found, at the size of the network's input.</param>
/// <param name="Dice">The mean Dice score of its ROIs, at the size of the image.</param>
/// <param name="Scores">The scores of its ROIs.</param>
internal sealed record GallerySlice(Sample Sample, PackedMask Found, double Dice, IReadOnlyList<CaseScore> Scores);
