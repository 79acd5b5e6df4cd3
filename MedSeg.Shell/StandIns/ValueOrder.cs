using System.Globalization;
using System.Management.Automation;

namespace MedSeg.Shell.StandIns;

/// <summary>The order of values as PowerShell sees it.</summary>
internal static class ValueOrder
{
    /// <summary>Compares by the language's rules; what these cannot compare, as text.</summary>
    public static int Compare(object? a, object? b) =>
        LanguagePrimitives.TryCompare(a, b, ignoreCase: true, CultureInfo.CurrentCulture, out int difference)
            ? difference
            : CultureInfo.CurrentCulture.CompareInfo.Compare($"{a}", $"{b}", CompareOptions.IgnoreCase);
}
