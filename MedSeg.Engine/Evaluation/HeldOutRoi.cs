using MedSeg.Metrics;
using MedSeg.Models;

namespace MedSeg.Evaluation;

/// <summary>An ROI of a slice that its model was not trained on: the components that the model found, compared with the label.</summary>
/// <param name="Group">What the slice belongs to: the patient, or the slice itself where there are too few patients.</param>
/// <param name="PixelArea">The area of a pixel in mm²; null if it is unknown.</param>
/// <param name="Truth">The pixels of the ROI in the label.</param>
/// <param name="Components">The components of the ROI in the found mask, in the order of their first pixels.</param>
internal sealed record HeldOutRoi(string Group, double? PixelArea, long Truth, IReadOnlyList<ComponentOverlap> Components)
{
    /// <summary>Computes the Dice score with the components that a rule keeps.</summary>
    /// <param name="rule">The rule; holes are not filled.</param>
    /// <returns>The score, 0 to 1; null where neither mask has the ROI.</returns>
    public double? Dice(RoiPostProcessing rule)
    {
        OverlapCounts counts = new(0, Truth, 0);
        foreach (ComponentOverlap component in Components)
        {
            if (rule.Keeps(component.Pixels, component.IsLargest, PixelArea))
            {
                counts += new OverlapCounts(component.Both, 0, component.Counted);
            }
        }

        return counts.Dice;
    }
}
