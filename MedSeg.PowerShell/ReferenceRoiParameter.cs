using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.PowerShell;

/// <summary>Reads the parameter -ReferenceRoi: the name of an ROI, or its number.</summary>
internal static class ReferenceRoiParameter
{
    /// <summary>Finds the ROI.</summary>
    /// <param name="roi">The name or number; null for none.</param>
    /// <param name="labelNames">The names of the ROIs.</param>
    /// <returns>The number, from 1; 0 for none.</returns>
    /// <exception cref="MedSegException">There is no such ROI (<c>FatMethodInvalid</c>).</exception>
    public static int Read(string? roi, IReadOnlyList<string> labelNames)
    {
        if (roi is null)
        {
            return 0;
        }

        int index = Array.FindIndex([.. labelNames], name => name.Equals(roi, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index + 1
            : int.TryParse(roi, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= labelNames.Count ? number
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.FatMethodInvalid, $"'{roi}' is not an ROI of the data set, whose ROIs are {string.Join(", ", labelNames)}.") { Advice = "Give the name or number of one of them with -ReferenceRoi." };
    }
}
