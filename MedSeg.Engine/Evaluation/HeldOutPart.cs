using MedSeg.Data.Samples;
using MedSeg.Inference.Backends;

namespace MedSeg.Evaluation;

/// <summary>Models that segment together, and slices that none of them was trained on.</summary>
/// <param name="Models">The models.</param>
/// <param name="Samples">The slices, all usable.</param>
internal sealed record HeldOutPart(ModelEnsemble Models, IReadOnlyList<Sample> Samples);
