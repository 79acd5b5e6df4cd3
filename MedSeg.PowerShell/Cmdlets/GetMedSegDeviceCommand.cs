using System.Management.Automation;
using MedSeg.Devices;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Lists the CPU and the GPUs: those that training can use, and those that it cannot, with the reason.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegDevice")]
[OutputType(typeof(DeviceInfo))]
public sealed class GetMedSegDeviceCommand : MedSegCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(Try(DeviceInfo.List), enumerateCollection: true);
}
