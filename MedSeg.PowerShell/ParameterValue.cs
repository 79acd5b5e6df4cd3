using System.Management.Automation;

namespace MedSeg.PowerShell;

/// <summary>Values within a hashtable, which PowerShell does not convert.</summary>
internal static class ParameterValue
{
    /// <summary>Returns a value without the object that PowerShell wraps around it.</summary>
    /// <param name="value">The value.</param>
    public static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
